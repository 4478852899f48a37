#!/bin/sh
# nightly.sh FILE [OPTION...]: goes on with the run of last night if that was cut short, then sends
# FILE. The options, such as --profile, are those of `reamaze-bulk run`, and hold for both.
#
# It works in the directory in which it is started: results are kept in reamaze-runs there, and the
# last exit status in last-status. It says nothing on a good night. Its own exit status is that of the
# run of FILE; that of the one it went on with, if FILE did well or did not get its turn. No flock is
# needed: while a run is at work, another one on the same account ends with 5.
set -u

file=${1:?which file is to be sent?}
shift

run() {
    reamaze-bulk run --yes --quiet --json --max-duration 3h "$@"
}

# A signal reaches the run too, which finishes what is in flight. This script waits for that, and
# keeps its status.
trap : HUP INT TERM

# 0 and 1: the last run came to its end. 2, 3 and 5: nothing was sent. All else, be it a power cut,
# left rows behind. They go first: an older value must not replace one of tonight.
status=0
last=$(cat last-status 2>/dev/null || echo 0)
case $last in
0 | 1 | 2 | 3 | 5) ;;
*)
    # It may have been cut short before there was anything to go on with.
    if [ -n "$(ls reamaze-runs 2>/dev/null)" ]; then
        run --resume latest "$@" >resumed.json || status=$?
        # Still not at its end: it stays the one to go on with.
        [ "$status" -le 1 ] || exit "$status"
    fi
    ;;
esac

resumed=$status
echo running >last-status
status=0
run "$file" --max-rows 5000 "$@" >nightly.json || status=$?
echo "$status" >last-status

[ "$status" -ne 0 ] || status=$resumed
exit "$status"
