# bash completion for hassctl                                              -*- shell-script -*-
# SPDX-License-Identifier: Apache-2.0

# The daemon's words, silently nothing without a daemon: _hassctl_ask COMMAND… | names
_hassctl_names() {
    hassctl "${target[@]}" states --json 2>/dev/null | sed -n 's/^ *"entity_id": *"\([^"]*\)",*$/\1/p'
}

_hassctl_domains() {
    hassctl "${target[@]}" info --json 2>/dev/null | sed -n 's/^ *"domain": *"\([^"]*\)",*$/\1/p'
}

_hassctl() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local commands="states call events fire top info reload new"
    local command= target=() words= i

    case $previous in
    -c | --config)
        mapfile -t COMPREPLY < <(compgen -d -- "$current")
        return
        ;;
    --socket)
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
        return
        ;;
    esac
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        -c | --config | --socket)
            target=("${COMP_WORDS[i]}" "${COMP_WORDS[i + 1]}")
            i=$((i + 1))
            ;;
        -*) ;;
        *) command=${command:-${COMP_WORDS[i]}} ;;
        esac
    done
    if [[ $current == -* ]]; then
        words="--json --config --socket --help --version"
        case $command in
        states) words+=" --watch" ;;
        call) words+=" --response" ;;
        top) words+=" --once" ;;
        esac
    else
        case $command in
        "") words=$commands ;;
        states) words=$(_hassctl_names) ;;
        call) [[ $current == entity_id=* ]] && words=$(_hassctl_names | sed 's/^/entity_id=/') ;;
        events | fire) words="state_changed call_service service_registered component_loaded homeassistant_started" ;;
        reload) words=$(_hassctl_domains) ;;
        esac
    fi
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}

complete -F _hassctl hassctl
