
# What only this machine knows: runs, profiles, time zones, and files that can be an input.
for option in resume profile timezone
    complete -c reamaze-bulk -n "__fish_reamaze_bulk_using_subcommand run" -l $option -x -k -a "(reamaze-bulk __complete --$option (commandline -opc) 2>/dev/null)"
end
for command in undo check select
    complete -c reamaze-bulk -n "__fish_reamaze_bulk_using_subcommand $command" -l profile -x -a "(reamaze-bulk __complete --profile (commandline -opc) 2>/dev/null)"
end
complete -c reamaze-bulk -n "__fish_reamaze_bulk_using_subcommand undo" -x -k -a "(reamaze-bulk __complete --resume 2>/dev/null)"
complete -c reamaze-bulk -n "__fish_reamaze_bulk_using_subcommand report" -x -k -a "(reamaze-bulk __complete report 2>/dev/null)"
complete -c reamaze-bulk -n "__fish_reamaze_bulk_using_subcommand run" -k -a "(__fish_complete_suffix .csv .tsv .jsonl .xlsx .ods)"
