#!/bin/sh
# nightly.sh FILE [OPTION...]: continues the run of an earlier night if that was cut short, then sends
# FILE. The options, such as --profile, are those of `reamaze-bulk run`. They apply to both, and must
# not repeat those below; NIGHTLY_MAX_ROWS and NIGHTLY_MAX_DURATION in the environment set two of them.
#
# It works in the current directory: results go to reamaze-runs, and the file open-run names the run
# that is not finished (remove it to give that run up). A good night prints nothing. The exit code is
# that of the run of FILE, or, if that was 0, of the run that was continued. If FILE was not sent, it
# says so; 75 means that the earlier run ran out of time again. No flock is needed: while a run is
# active, another one on the same account ends with 5.
set -u

file=${1:?which file is to be sent?}
shift

run() {
    reamaze-bulk run --yes --quiet --json --max-duration "${NIGHTLY_MAX_DURATION:-3h}" "$@"
}

# A signal reaches the run too, which waits for its requests in flight. This script waits for the
# run, and keeps its exit code.
trap : HUP INT TERM

# The unfinished run goes first: an older value must not replace one of tonight. A run that was cut
# short before it sent anything has left no directory.
status=0
open=$(cat open-run 2>/dev/null)
if [ -d "$open" ]; then
    run --resume "$open" "$@" >resumed.json || status=$?
    if [ "$status" -gt 1 ]; then
        echo "nightly.sh: $file was not sent: $open is not finished (status $status)" >&2
        [ "$status" -ne 4 ] || status=75
        exit "$status"
    fi
fi

resumed=$status
status=0
out=reamaze-runs/nightly-$(date -u +%Y%m%dT%H%M%SZ)-$$
mkdir -p reamaze-runs
echo "$out" >open-run
run "$file" --max-rows "${NIGHTLY_MAX_ROWS:-5000}" --out "$out" "$@" >nightly.json || status=$?
case $status in
0 | 1) rm -f open-run ;;
2 | 3 | 5) echo "$open" >open-run ;; # Nothing was sent.
esac

[ "$status" -ne 0 ] || status=$resumed
exit "$status"
