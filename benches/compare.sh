#!/usr/bin/env bash
# Measures the product beside the plainest programs that do the same work, in one run on one
# machine, and prints a Markdown table. The ratios are what to look at: both sides are measured in
# turn, round by round, and the median of the rounds is taken.
#
#     benches/compare.sh                  everything: about 9 minutes
#     benches/compare.sh puts dry-run     some of pace, puts, latency, adaptive, dry-run, memory, report
#
# Needs cargo, awk, GNU time and GNU coreutils; compares with curl, Python's requests and qsv where
# they are installed. ROUNDS is how often short measurements are repeated (9). It leaves nothing
# behind but target/.
set -euo pipefail
cd "$(dirname "$0")/.."

rounds=${ROUNDS:-9}
work=$(mktemp -d)
time_program=$(type -P time) || { echo "GNU time is missing" >&2 && exit 2; }
export work time_program
trap 'rm -rf "$work"' EXIT

export XDG_STATE_HOME=$work/state
unset REAMAZE_BRAND

target=${CARGO_TARGET_DIR:-target}/release
product=$target/reamaze-bulk
server=$target/examples/loopback_server

# --- measuring

# Runs a command; writes its cost to $work/cost, as KEY=VALUE.
measured() {
    local TIMEFORMAT='seconds=%3R cpu=%3U+%3S' status=0
    {
        time "$time_program" -q -o "$work/peak" -f 'peak_kb=%M' \
            timeout --foreground 300 "$@" 2>"$work/stderr"
    } 2>"$work/cost" || status=$?
    cat "$work/peak" >>"$work/cost"
    return "$status"
}
export -f measured

# alone NAME COMMAND...: runs a command once, and stores its figures under that name.
alone() {
    local name=$1
    shift
    measured "$@" >/dev/null || failed "$@"
    keep "$name"
}

# served NAME [SERVER OPTION...] -- COMMAND...: the same, with the server's address in the
# command's environment, and with the server's figures.
served() {
    local name=$1 seen options=()
    shift
    while [[ $1 != -- ]]; do
        options+=("$1")
        shift
    done
    shift
    rm -rf "$work/run"
    # shellcheck disable=SC2016 # "$@" is for the inner shell
    seen=$("$server" ${options[@]+"${options[@]}"} -- \
        bash -c 'measured "$@"' measured "$@") || failed "$@"
    keep "$name" "$seen"
}

# keep NAME FIGURE...: stores a line of figures, together with those of $work/cost.
keep() {
    echo "$*" "$(tr '\n' ' ' <"$work/cost")" >>"$work/figures"
}

failed() {
    echo "this failed, or took too long: $*" >&2
    cat "$work/stderr" >&2
    exit 1
}

# send FILE OPTION...: the command line of a run over it.
send() {
    command_line=("$product" run "$1" --yes --out "$work/run" "${@:2}")
}

# --- figures

# values NAME KEY: one figure from each run of NAME.
values() {
    awk -v name="$1" -v key="$2" '$1 == name {
        for (field = 2; field <= NF; field++) {
            split($field, pair, "=")
            if (pair[1] == key) { split(pair[2], terms, "+"); print terms[1] + terms[2] }
        }
    }' "$work/figures"
}

median() {
    sort -n | awk '{ value[NR] = $1 } END { print (value[int((NR + 1) / 2)] + value[int(NR / 2) + 1]) / 2 }'
}

# typical NAME KEY: the median.
typical() { values "$1" "$2" | median; }

# ratio NAME OTHER KEY: KEY of NAME divided by KEY of OTHER in the same round; the median of all
# rounds.
ratio() {
    paste <(values "$1" "$3") <(values "$2" "$3") | awk '{ print $1 / $2 }' | median
}

# calc EXPRESSION: its value.
calc() { awk "BEGIN { print $1 }"; }

# row WHAT OURS BASELINE RATIO LOW HIGH: a line of the table. The goal is a RATIO between LOW and
# HIGH, either of which may be empty.
row() {
    local goal met
    case $5/$6 in
        */) goal="at least $5" ;;
        /*) goal="at most $6" ;;
        *) goal="$5 to $6" ;;
    esac
    met=$(awk -v value="$4" -v low="$5" -v high="$6" \
        'BEGIN { print (low == "" || value + 0 >= low + 0) && (high == "" || value + 0 <= high + 0) ? "yes" : "no" }')
    echo "| $1 | $2 | $3 | $(awk -v value="$4" 'BEGIN { printf "%.4g", value }') | $goal | $met |"
}

skipped() { echo "| $1 | | not installed | | | |"; }

# --- sample files

# plain_rows N: rows whose request bodies bare_loop and curl can send too.
plain_rows() {
    awk -v rows="$1" 'BEGIN {
        print "slug,tag_list,status,assignee,data.order"
        for (row = 1; row <= rows; row++)
            printf "conversation-%07d,\"vip, refund-%d\",done,staff%d@example.com,%07d\n", row, row % 50, row % 9, row
    }'
}

# curl_requests N: the same requests as a curl configuration, with BASE for the address.
curl_requests() {
    awk -v rows="$1" 'BEGIN {
        for (row = 1; row <= rows; row++) {
            if (row > 1) print "next"
            print "no-progress-meter\nrequest = PUT\nuser = \"agent@example.com:token\""
            print "header = \"Accept: application/json\"\nheader = \"Content-Type: application/json\""
            printf "url = \"BASE/conversations/conversation-%07d\"\n", row
            printf "data-raw = \"{\\\"conversation\\\":{\\\"assignee\\\":{\\\"email\\\":\\\"staff%d@example.com\\\"},", row % 9
            printf "\\\"tag_list\\\":[\\\"vip\\\",\\\"refund-%d\\\"],\\\"status\\\":2,\\\"data\\\":{\\\"order\\\":\\\"%07d\\\"}}}\"\n", row % 50, row
        }
    }'
}

# mixed_rows N csv|jsonl: rows with every field, from a random generator with a fixed seed.
mixed_rows() {
    awk -v rows="$1" -v format="$2" '
        function draw(below) { seed = seed * 16807 % 2147483647; return seed % below }
        BEGIN {
            seed = 20261122
            split("late-parcel gift-wrapping wrong-size refund-please where-is-it", topics, " ")
            split("done|open|On Hold|archived|Auto-Done|2", statuses, "|")
            is_csv = format == "csv"
            if (is_csv) print "slug,tag_list,status,hold_until,assignee,category,data.order,data.plan,_note"
            for (row = 1; row <= rows; row++) {
                slug = sprintf("%s-%07d", topics[1 + draw(5)], row)
                first = "vip"; second = "returns-" draw(40)
                status = statuses[1 + draw(6)]
                hold = status == "On Hold" ? sprintf("2035-%02d-%02dT09:00:00+01:00", 1 + draw(12), 1 + draw(28)) : ""
                assignee = draw(3) ? "staff" draw(20) "@example.com" : ""
                category = draw(8) ? "" : "support-" draw(4)
                order = sprintf("%06d", draw(1000000)); plan = draw(2) ? "trial" : "gold"
                if (is_csv) {
                    printf "%s,\"%s, %s\",%s,%s,%s,%s,%s,%s,row %d\n", slug, first, second, status, hold, assignee, category, order, plan, row
                    continue
                }
                printf "{\"slug\": \"%s\", \"tag_list\": [\"%s\", \"%s\"], \"status\": \"%s\"", slug, first, second, status
                if (hold) printf ", \"hold_until\": \"%s\"", hold
                if (assignee) printf ", \"assignee\": {\"email\": \"%s\"}", assignee
                if (category) printf ", \"category\": \"%s\"", category
                printf ", \"data\": {\"order\": \"%s\", \"plan\": \"%s\"}, \"_note\": \"row %d\"}\n", order, plan, row
            }
        }'
}

# row_schema: about what our rules require of mixed_rows, as far as JSON Schema can express it.
row_schema() {
    cat <<'SCHEMA'
{
  "type": "object",
  "required": ["slug"],
  "properties": {
    "slug": {"type": "string", "pattern": "^[^/\\s]{1,255}$"},
    "tag_list": {"type": ["string", "null"]},
    "status": {"type": ["string", "null"], "pattern": "^(?i:[0-9]|open|done|archived|auto-done|on hold)$"},
    "hold_until": {"type": ["string", "null"], "format": "date-time"},
    "assignee": {"type": ["string", "null"], "format": "email"},
    "category": {"type": ["string", "null"]}
  }
}
SCHEMA
}

# --- comparisons

# The requested rate is reached and never exceeded: arrivals by the server's clock.
pace() {
    local rate
    for rate in 50 500; do
        plain_rows $((rate * 20)) >"$work/pace.csv"
        send "$work/pace.csv" --rate "$rate/s" --workers 8
        served "pace-$rate" -- "${command_line[@]}"
        local reached most bound
        reached=$(calc "($(typical "pace-$rate" requests) - 1) / $(typical "pace-$rate" arriving)")
        most=$(typical "pace-$rate" busiest_second)
        bound=$(calc "$rate * 1.01 + 2")
        row "pace of $rate/s, % reached in 20 s" "$reached/s" "" "$(calc "$reached / $rate * 100")" 98 100.5
        row "pace of $rate/s, most in any second" "$most" "" "$most" "" "$bound"
        row "pace of $rate/s, in the first second" "$(typical "pace-$rate" first_second)" "" \
            "$(typical "pace-$rate" first_second)" "" "$bound"
    done
}

# As fast as possible, with everything that a run does: by wall time of the whole process, and from
# the first arrival to the last answer.
puts() {
    local rows=20000
    plain_rows $rows >"$work/puts.csv"
    curl_requests $rows >"$work/puts.curl"
    send "$work/puts.csv" --rate 1000000/s --workers 8
    local round
    for ((round = 0; round < rounds; round++)); do
        served ours -- "${command_line[@]}"
        served bare -- "$target/examples/bare_loop" $rows 8
        served read -- "${command_line[@]}" --read-first
        [[ -z $(type -P curl) ]] || served curl -- bash -c "$with_curl" curl "$work/puts.curl"
    done
    row "$rows PUTs, rows/s of the whole run" "$(per_second ours seconds)" "bare loop $(per_second bare seconds)" \
        "$(ratio bare ours seconds)" 0.85 ""
    row "$rows PUTs, rows/s from first arrival to last answer" "$(per_second ours answering)" \
        "bare loop $(per_second bare answering)" "$(ratio bare ours answering)" 0.85 ""
    row "$rows rows that are read first, rows/s of the whole run" "$(per_second read seconds)" \
        "rows that are not $(per_second ours seconds)" "$(ratio ours read seconds)" 0.47 ""
    row "CPU per row, µs" "$(per_row ours)" "bare loop $(per_row bare)" "$(ratio ours bare cpu)" "" 1.35
    if [[ -n $(type -P curl) ]]; then
        row "$rows PUTs, rows/s of the whole run" "$(per_second ours seconds)" \
            "curl --parallel $(per_second curl seconds)" "$(ratio curl ours seconds)" 1.8 ""
    else
        skipped "$rows PUTs beside curl --parallel"
    fi
    if python3 -c 'import requests' 2>"$work/stderr"; then
        served requests -- python3 benches/compare/requests_loop.py $rows 8
        row "$rows PUTs, rows/s of the whole run" "$(per_second ours seconds)" \
            "Python requests $(per_second requests seconds)" \
            "$(calc "$(typical requests seconds) / $(typical ours seconds)")" 1 ""
    else
        skipped "$rows PUTs beside Python requests"
    fi
}

# shellcheck disable=SC2016 # for an inner shell
with_curl='sed "s|BASE|$REAMAZE_BASE_URL|" "$1" | curl --silent --show-error --parallel --parallel-max 8 --config -'

per_second() { calc "int($rows / $(typical "$1" "$2"))"; }
per_row() { calc "$(typical "$1" cpu) * 1000000 / $rows"; }

# Slow answers: no time is lost between an answer and the next request.
latency() {
    local rows=2000
    plain_rows $rows >"$work/latency.csv"
    send "$work/latency.csv" --rate 1000000/s --workers 8
    served slow-ours --latency-ms 100 -- "${command_line[@]}"
    served slow-bare --latency-ms 100 -- "$target/examples/bare_loop" $rows 8
    local ideal ours bare
    ideal=$(calc "$rows / 8 * 0.1")
    ours=$(calc "$ideal / $(typical slow-ours answering) * 100")
    bare=$(calc "$ideal / $(typical slow-bare answering) * 100")
    row "answers of 100 ms, 8 workers, % of the ideal over 25 s" "$ours %" "bare loop $bare %" "$ours" 96 ""
}

# A limit that is not documented: found, used up and kept to, with and without Retry-After.
adaptive() {
    plain_rows 2000 >"$work/fast.csv"
    plain_rows 1000 >"$work/slow.csv"
    send "$work/fast.csv" --rate 200/s
    limited "40/s, asked for 200/s" fast-header 40 --limit 40 --window 1 --retry-after
    limited "40/s, asked for 200/s, no Retry-After" fast 40 --limit 40 --window 1
    send "$work/slow.csv" --rate 30/s
    limited "100 in 10 s, asked for 30/s" slow-header 10 --limit 100 --window 10 --retry-after
    limited "100 in 10 s, asked for 30/s, no Retry-After" slow 10 --limit 100 --window 10
}

# limited WHAT NAME RATE SERVER_OPTION...: the command line against a limit of RATE.
limited() {
    local what=$1 name=$2 rate=$3 late
    served "$name" "${@:4}" -- "${command_line[@]}"
    row "limit of $what: % of it" "$(accepted "$name")/s" "" "$(calc "$(accepted "$name") / $rate * 100")" 95 ""
    late=$(typical "$name" late_requests)
    row "limit of $what: % of answers 429 after 10 s" "$(typical "$name" late_throttled) of $late" "" \
        "$(calc "$(typical "$name" late_throttled) / ($late + 0.000001) * 100")" "" 1.5
}

# Rows per second that the server accepted.
accepted() { calc "($(typical "$1" requests) - $(typical "$1" throttled)) / $(typical "$1" answering)"; }

# A million rows validated, none sent.
dry-run() {
    local rows=1000000 format round qsv
    for format in csv jsonl; do
        mixed_rows $rows $format >"$work/million.$format"
    done
    qsv=$(type -P qsv || type -P qsvlite || true)
    row_schema >"$work/schema.json"
    for ((round = 0; round < rounds; round += 2)); do
        for format in csv jsonl; do
            alone "dry-$format" "$product" run "$work/million.$format" --dry-run
            alone "pass-$format" "$target/examples/bare_pass" "$work/million.$format"
        done
        [[ -z $qsv ]] || alone qsv "$qsv" validate "$work/million.csv" "$work/schema.json"
    done
    row "dry run of $rows rows, CSV, rows/s" "$(per_second dry-csv seconds)" \
        "ByteRecords $(per_second pass-csv seconds)" "$(ratio pass-csv dry-csv seconds)" 0.25 ""
    row "dry run of $rows rows, JSONL, rows/s" "$(per_second dry-jsonl seconds)" \
        "Values $(per_second pass-jsonl seconds)" "$(ratio pass-jsonl dry-jsonl seconds)" 0.8 ""
    if [[ -n $qsv ]]; then
        row "dry run of $rows rows, CSV, rows/s" "$(per_second dry-csv seconds)" \
            "qsv validate $(per_second qsv seconds)" "$(ratio qsv dry-csv seconds)" 2 ""
    else
        skipped "dry run of $rows rows beside qsv validate"
    fi
    for format in csv jsonl; do
        row "dry run of $rows rows, $format, peak MB" "$(megabytes "dry-$format")" "$(megabytes "pass-$format")" \
            "$(megabytes "dry-$format")" "" 48
    done
}

# Memory hardly grows with the file.
memory() {
    local rows round
    for rows in 10000 100000; do
        mixed_rows $rows csv >"$work/$rows.csv"
        send "$work/$rows.csv" --rate 1000000/s --workers 8
        for ((round = 0; round < 3; round++)); do
            served "memory-$rows" -- "${command_line[@]}"
            served "read-$rows" -- "${command_line[@]}" --read-first
        done
    done
    local more read_more
    more=$(more_bytes memory)
    read_more=$(more_bytes read)
    row "run of 10,000 rows, peak MB" "$(megabytes memory-10000)" "" "$(megabytes memory-10000)" "" 20
    row "run of 100,000 rows, bytes per additional row" "$(megabytes memory-100000) MB in all" "" "$more" "" 64
    row "the same, rows read first" "$(megabytes read-100000) MB in all" "" "$read_more" "" 96
}

# more_bytes NAME: bytes that each row beyond 10,000 takes.
more_bytes() { calc "($(typical "$1-100000" peak_kb) - $(typical "$1-10000" peak_kb)) * 1024 / 90000"; }

megabytes() { calc "int($(typical "$1" peak_kb) / 1000 * 10) / 10"; }

# The HTML report of a large run, of which every row was read first.
report() {
    local rows=100000 round page
    mixed_rows $rows csv >"$work/report.csv"
    send "$work/report.csv" --rate 1000000/s --workers 8 --read-first
    served reported -- "${command_line[@]}"
    for ((round = 0; round < 3; round++)); do
        page=$work/report-$round.html
        alone report "$product" report "$work/run" -o "$page"
    done
    row "report on a run of $rows rows, s" "$(typical report seconds)" "" "$(typical report seconds)" "" 2
    row "the same, MB" "" "" "$(calc "$(wc -c <"$page") / 1000000")" "" 5
}

# --- all

for name in "$@"; do
    case $name in
        pace | puts | latency | adaptive | dry-run | memory | report) ;;
        *) echo "unknown name: $name (one of pace, puts, latency, adaptive, dry-run, memory, report)" >&2 && exit 2 ;;
    esac
done
[[ $# -gt 0 ]] || set -- puts dry-run memory report pace latency adaptive
cargo build --quiet --release --locked --bins --examples
echo "| what | ours | baseline | ratio or figure | goal | met |"
echo "| --- | --- | --- | --- | --- | --- |"
for name in "$@"; do
    "$name"
done
