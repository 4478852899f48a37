# What only this machine knows: runs, profiles, time zones.
_reamaze_bulk_found() {
    local -a found
    found=(${(f)"$(_call_program found $service __complete $1 ${(Q)words} 2>/dev/null)"})
    compadd -V found -a found && return
    [[ $1 == --resume || $1 == report ]] && _files -/
}
