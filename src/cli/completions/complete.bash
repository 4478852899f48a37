# What only this machine knows: runs, profiles, time zones, and files that can be an input. All else
# is left to the function that follows.
_reamaze_bulk() {
    local cur=$2 prev=$3 found
    # Bash takes `--option=value` for three words.
    if [[ $cur == "=" ]]; then
        cur=""
    elif [[ $prev == "=" ]]; then
        prev=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    if [[ ${COMP_WORDS[1]} =~ ^(undo|report)$ && $cur != -* && ! $prev =~ ^(VALUED|-o|--output)$ ]]; then
        # The run to undo is one that could be resumed.
        [[ ${COMP_WORDS[1]} == report ]] && prev=report || prev=--resume
    fi
    if [[ ( ${COMP_WORDS[1]} =~ ^(run|undo|report)$ || $prev == --profile ) && $COMP_CWORD -gt 1 ]]; then
        case $prev in
        --resume | report | --profile | --timezone)
            COMPREPLY=()
            while IFS= read -r found; do
                [[ $found != "$cur"* ]] || COMPREPLY+=("$(printf %q "$found")")
            done < <("$1" __complete "$prev" "${COMP_WORDS[@]}" 2>/dev/null)
            if [[ $prev == --resume || $prev == report ]]; then
                compopt -o plusdirs -o nosort 2>/dev/null || compopt -o plusdirs 2>/dev/null
            fi
            return 0
            ;;
        VALUED) ;;
        *)
            if [[ $cur != -* ]]; then
                COMPREPLY=()
                compopt -o filenames 2>/dev/null
                while IFS= read -r found; do
                    if [[ -d $found || $found =~ \.(csv|tsv|jsonl|xlsx|ods)$ ]]; then
                        COMPREPLY+=("$found")
                    fi
                done < <(compgen -f -- "$cur")
                return 0
            fi
            ;;
        esac
    fi
    _reamaze__bulk "$@"
}

