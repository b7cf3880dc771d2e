# SPDX-FileCopyrightText: The Strongroom authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Completion for bash. Source it, or put it into the completions folder as "strongroomctl".

_strongroomctl()
{
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command= i
    local commands="inspect list show backup archives contents verify restore undo recover compare demo help"
    local everywhere="--json --quiet --progress"
    for ((i = 1; i < COMP_CWORD; ++i)); do
        case " $commands " in *" ${COMP_WORDS[i]} "*) command=${COMP_WORDS[i]}; break ;; esac
    done
    COMPREPLY=()
    case $before in
        --progress) COMPREPLY=($(compgen -W "auto none json" -- "$word")); return ;;
        --format) COMPREPLY=($(compgen -W "tar.gz tar.zst" -- "$word")); return ;;
        --limits) COMPREPLY=($(compgen -W "standard strict" -- "$word")); return ;;
        --on-conflict) COMPREPLY=($(compgen -W "replace refuse" -- "$word")); return ;;
        --scope) COMPREPLY=($(compgen -W "everything volume:" -- "$word")); return ;;
        --passphrase-file) COMPREPLY=($(compgen -f -- "$word")); return ;;
        --to|--into) COMPREPLY=($(compgen -d -- "$word")); return ;;
        help) COMPREPLY=($(compgen -W "$commands" -- "$word")); return ;;
    esac
    if [[ -z $command ]]; then
        COMPREPLY=($(compgen -W "$commands $everywhere --help --version" -- "$word"))
        return
    fi
    if [[ $word == -* ]]; then
        local options=
        case $command in
            inspect) options="--jobs" ;;
            list) options="--filter --sort --limit --jobs" ;;
            backup) options="--to --scope --format --level --name --note --pin --reread --reread-every --jobs --dry-run --yes" ;;
            contents) options="--items --passphrase-fd --passphrase-file" ;;
            verify) options="--limits --passphrase-fd --passphrase-file" ;;
            restore) options="--into --scope --on-conflict --as-copy --allow-link --limits --passphrase-fd --passphrase-file --jobs --dry-run --yes" ;;
            undo) options="--list --dry-run --yes" ;;
            demo) options="--sessions --dry-run --yes" ;;
        esac
        COMPREPLY=($(compgen -W "$options $everywhere --help" -- "$word"))
        return
    fi
    case $command in
        list|show)
            case $before in
                list|show) COMPREPLY=($(compgen -d -- "$word")) ;;
                *) COMPREPLY=($(compgen -W "sessions entities volumes snapshots" -- "$word")) ;;
            esac ;;
        *) COMPREPLY=($(compgen -f -- "$word")) ;;
    esac
}
complete -o filenames -F _strongroomctl strongroomctl
