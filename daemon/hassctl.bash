# bash completion for hassctl                                              -*- shell-script -*-
# SPDX-License-Identifier: Apache-2.0

# The daemon's words, silently nothing without a daemon: _hassctl_ids COMMAND MEMBER
_hassctl_ids() {
    hassctl "${target[@]}" "$1" --json 2>/dev/null | sed -n 's/^ *"'"$2"'": *"\([^"]*\)",*$/\1/p'
}

_hassctl_names() { _hassctl_ids states entity_id; }
_hassctl_domains() { _hassctl_ids info domain; }

_hassctl() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local commands="states call events fire template automations trigger runs stop trace debug top info reload entities devices set areas floors labels issues entries simulate why why-not new"
    local command= verb= target=() words= i

    case $previous in
    -c | --config)
        mapfile -t COMPREPLY < <(compgen -d -- "$current")
        return
        ;;
    --socket | --history)
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
        *)
            [[ -z $command || -n $verb ]] || verb=${COMP_WORDS[i]}
            command=${command:-${COMP_WORDS[i]}}
            ;;
        esac
    done
    if [[ $current == -* ]]; then
        words="--json --config --socket --help --version"
        case $command in
        states) words+=" --watch" ;;
        call) words+=" --response" ;;
        template) words+=" --watch --explain" ;;
        top | debug) words+=" --once" ;;
        why-not) words+=" --since" ;;
        simulate) words+=" --from --to --history --states --empty --automation --all" ;;
        esac
    else
        case $command in
        "") words=$commands ;;
        states) words=$(_hassctl_names) ;;
        call) [[ $current == entity_id=* ]] && words=$(_hassctl_names | sed 's/^/entity_id=/') ;;
        why) words=$(_hassctl_names) ;;
        automations | trigger | why-not) words=$(_hassctl_names | grep -E '^(automation|script)\.') ;;
        stop) words="$(_hassctl_ids runs run_id) $(_hassctl_names | grep -E '^(automation|script)\.')" ;;
        trace)
            if [[ -z $verb ]]; then words=$(_hassctl_names | grep -E '^(automation|script)\.'); else words=$(_hassctl_ids trace run_id); fi
            ;;
        debug)
            if [[ -z $verb ]]; then words=$(_hassctl_names | grep -E '^(automation|script)\.'); else words="action/0 sequence/0"; fi
            ;;
        events | fire) words="state_changed call_service service_registered component_loaded homeassistant_started" ;;
        reload) words=$(_hassctl_domains) ;;
        entities) words="area= domain= integration= device= label=" ;;
        devices) words="area= integration= label=" ;;
        set)
            case $verb in
            "") words="entity device" ;;
            entity) words="$(_hassctl_ids entities entity_id) name= area= labels= aliases= icon= device_class= disabled= hidden= id=" ;;
            device) words="$(_hassctl_ids devices id) name= area= labels= disabled=" ;;
            esac
            ;;
        areas | floors | labels)
            case $verb in
            "") words="add set rename delete" ;;
            add) words="name= floor= level= icon= color= aliases= labels= description=" ;;
            *) words="$(_hassctl_ids "$command" "${command%s}_id")" ;;
            esac
            ;;
        issues)
            if [[ -z $verb ]]; then words="ignore show"; else words=$(_hassctl_ids issues issue_id); fi
            ;;
        entries)
            if [[ -z $verb ]]; then words="reload disable enable remove"; else words=$(_hassctl_ids entries entry_id); fi
            ;;
        esac
    fi
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}

complete -F _hassctl hassctl
