# bash completion for hassd                                                -*- shell-script -*-
# SPDX-License-Identifier: Apache-2.0

_hassd() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}

    case $previous in
    -c | --config) mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
    --test | --history | --states) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    --from | --to | --automation) ;;
    hassd) mapfile -t COMPREPLY < <(compgen -W "run check simulate version --help" -- "$current") ;;
    *)
        mapfile -t COMPREPLY < <(compgen -W "--config --debug --json --test --from --to --history --states --empty --automation --all --help" \
            -- "$current")
        ;;
    esac
}

complete -F _hassd hassd
