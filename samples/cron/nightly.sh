#!/bin/sh
# nightly.sh FILE [OPTION...]: goes on with the run of an earlier night if that was cut short, then
# sends FILE. The options, such as --profile, are those of `reamaze-bulk run` and hold for both, but
# for those that stand below: NIGHTLY_MAX_ROWS and NIGHTLY_MAX_DURATION in the environment set two of
# them.
#
# It works in the directory in which it is started: results are kept in reamaze-runs there, and in
# open-run which of them is not at its end (remove that file to give it up). It says nothing on a good
# night. Its own exit status is that of the run of FILE; if that did well, of the one it went on with.
# If FILE did not get its turn, it says so, and 75 stands for a run that is out of time once more. No
# flock is needed: while a run is at work, another one on the same account ends with 5.
set -u

file=${1:?which file is to be sent?}
shift

run() {
    reamaze-bulk run --yes --quiet --json --max-duration "${NIGHTLY_MAX_DURATION:-3h}" "$@"
}

# A signal reaches the run too, which finishes what is in flight. This script waits for that, and
# keeps its status.
trap : HUP INT TERM

# What was left over goes first: an older value must not replace one of tonight. A run that was cut
# short before anything was sent has left no directory.
status=0
open=$(cat open-run 2>/dev/null)
if [ -d "$open" ]; then
    run --resume "$open" "$@" >resumed.json || status=$?
    if [ "$status" -gt 1 ]; then
        echo "nightly.sh: $file was not sent: $open is not at its end (status $status)" >&2
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
