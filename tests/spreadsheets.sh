#!/usr/bin/env bash
# Makes the CSV files and workbooks in tests/it/fixtures anew with LibreOffice (soffice), and checks that results.csv
# and failed.csv open in it with every column intact, and that failed.csv goes back in. Not part of
# `cargo test`, which needs no LibreOffice: it reads what this has made.
set -euo pipefail
cd "$(dirname "$0")/.."
fixtures=tests/it/fixtures
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cargo build --quiet --locked

# What follows a separator in LibreOffice's filter options: quotes, UTF-8, from line 1. In a file to
# save also: not all text in quotes, numbers as numbers, cells as shown.
open=,34,76,1
save=,34,76,1,,0,false,true,true
filter='Text - txt - csv (StarCalc)'

# Opens $2 in the locale $1 and saves it as $3. $4: options to save with, if not those above behind a
# comma; $5: the separators to open with, if it is no workbook.
convert() {
    local profile=$work/$1 import=()
    if [ ! -e "$profile" ]; then
        mkdir -p "$profile/user"
        sed "s/LOCALE/$1/" >"$profile/user/registrymodifications.xcu" <<'XML'
<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Setup/L10N">
<prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>LOCALE</value></prop></item></oor:items>
XML
    fi
    [ -z "${5-}" ] || import=(--infilter="$filter:$5$open")
    soffice "-env:UserInstallation=file://$profile" --headless "${import[@]}" \
        --convert-to "csv:$filter:${4:-44$save}" --outdir "$work/saved" "$2" >/dev/null 2>&1
    mv "$work/saved/"*.csv "$3"
}

convert en-US $fixtures/good.fods $fixtures/en-comma.csv
convert de-DE $fixtures/good.fods $fixtures/de-semicolon-quoted.csv 59,34,76,1,,0,true,true,true
convert de-DE $fixtures/good.fods $fixtures/de-semicolon-raw.csv 59,34,76,1,,0,false,false,false
convert de-DE $fixtures/good.fods $fixtures/de-tab-utf-16.csv 9,34,65535,1,,0,false,true,true
convert de-DE $fixtures/good.fods $fixtures/de-windows-1252.csv 59,34,1,1,,0,false,true,true
convert en-US $fixtures/spoiled.fods $fixtures/en-spoiled.csv
convert de-DE $fixtures/spoiled.fods $fixtures/de-spoiled.csv "59$save"

# The same sheets as workbooks, and one of them as CSV beside them.
convert en-US $fixtures/book.fods $fixtures/book.csv "44$save"
for extension in xlsx ods; do
    for name in book good spoiled; do
        soffice "-env:UserInstallation=file://$work/en-US" --headless \
            --convert-to $extension --outdir "$work/saved" $fixtures/$name.fods >/dev/null 2>&1
    done
    mv "$work/saved/book.$extension" "$work/saved/spoiled.$extension" $fixtures/
    mv "$work/saved/good.$extension" $fixtures/en-comma.$extension
done

# The sandbox refuses all of these, for two reasons each.
rows='slug|tag_list|assignee|category|_note
first|vip, a;b|nobody@example.com|missing|=1+1
second|[]|unknown@example.com|no-such|say "no"; or not
'
for code in 44 59 9; do
    quoted=$(printf '%s' "$rows" | sed 's/"/""/g; s/[^|]*/"&"/g')
    tr '|' "\\$(printf %03o $code)" <<<"$quoted" >"$work/rows.csv"
    rm -rf "$work/run"
    target/debug/reamaze-bulk run "$work/rows.csv" --sandbox --yes --quiet --out "$work/run" >"$work/page" || [ $? = 1 ]
    for locale in en-US de-DE; do
        # Parted by all that LibreOffice proposes, they have the same cells as by their delimiter.
        for file in results,44 "failed,$code"; do
            convert $locale "$work/run/${file%,*}.csv" "$work/own.csv" '' "${file#*,}"
            convert $locale "$work/run/${file%,*}.csv" "$work/all.csv" '' 44/59/9
            diff "$work/own.csv" "$work/all.csv"
        done
        convert $locale "$work/run/failed.csv" "$work/again.csv" "$code$save" "$code"
        target/debug/reamaze-bulk run "$work/again.csv" --dry-run --quiet >"$work/page"
    done
    [ $code != 59 ] || cp "$work/again.csv" $fixtures/de-failed.csv
done
