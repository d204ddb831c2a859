/** Reads what pacman would do: what each name means, what is installed of it, what a dry run lists, and whether newer lists would differ. */
import { quote, shText } from '../core/sh.ts'
import { defineEach } from './each.ts'

export interface PacmanKey {
  /** `pacman` with the options that hold for everything. */
  readonly program: readonly string[]
  readonly names: readonly string[]
  readonly state: 'present' | 'absent' | 'latest'
  readonly upgrade: boolean
  /** Further words of an installation or a removal. */
  readonly extra: readonly string[]
  /** Words of a refresh, where the lists are to be fetched first: they go into a folder of their own. */
  readonly refresh?: readonly string[]
}
export interface PacmanPackage { readonly name: string; readonly source: string; readonly isFile: boolean; readonly version: string; readonly reason: string; readonly isAsked: boolean }
export interface PacmanAnswer {
  readonly listsDiffer: boolean
  readonly packages: readonly PacmanPackage[]
  readonly unknown: readonly string[]
  /** What the dry runs list: a name and a version. */
  readonly touched: readonly (readonly [string, string])[]
  readonly error: string
  /** Why the lists could not be fetched. */
  readonly stale: string
}

const functions = `e() { printf '%s\\t' "$@"; echo; }
has() { printf '%s\\n' "$all" | grep -Fxq -- "$1"; }
one() { # name source kind: whether it is installed, and why
  v=$(p --query -- "$1" | awk -v n="$1" '$1 == n { print $2 }'); w=; ask=
  [ -z "$v" ] || { w=dependency; [ -z "$(p --query --explicit --quiet -- "$1")" ] || w=explicit; }
  case $state in
  absent) [ -z "$v" ] || ask=yes ;;
  latest) [ -n "$v" ] && ! p --query --upgrades -- "$1" | grep -v '\\[ignored\\]' | grep -q . || ask=yes ;;
  *) [ -n "$v" ] || ask=yes ;;
  esac
  [ "$3" = sync ] || [ $state = absent ] || ask=yes
  e package "$1" "$2" "$3" "$v" "$w" "$ask"
  [ -z "$ask" ] || if [ "$3" = sync ] || [ $state = absent ]; then a=$a$2'
'; else f=$f$2'
'; fi
}
find() {
  g=$(p --sync --groups --quiet -- "$1")
  if [ -n "$g" ]; then for m in $g; do one "$m" "$m" sync; done; return; fi
  if has "$1" || p --query -- "$1" | grep -q "^$1 "; then one "$1" "$1" sync; return; fi
  if o=$(p --sync --print-format %n -- "$1"); then one "\${o##*
}" "$1" sync; return; fi
  if o=$(p --upgrade --print-format %n -- "$1" </dev/null); then one "\${o##*
}" "$1" file; return; fi
  e unknown "$1"
}
dry() { o=$(p "$@" 2>&1 </dev/null); r=$?; if [ $r = 0 ]; then printf '%s\\n' "$o" | awk 'NF == 2 && !/^(loading|there|warning)/ { print "touched\\t" $1 "\\t" $2 }'; else e error "$(printf %s "$o" | tr '\\n' '\\001')"; fi; }
`
/** A refresh beside the real lists: as its own lists say nothing of what is installed, those are linked (as checkupdates of Arch does). */
const fresh = (words: readonly string[]): string => `b=$(p --sync --list | sort); d=$(mktemp -d) && trap 'rm -rf "$d"' EXIT
real=$(pacman-conf DBPath 2>/dev/null); real=\${real:-/var/lib/pacman/}
cp -R "$real/sync" "$d/" 2>/dev/null; ln -s "$real/local" "$d/local"; at="--dbpath=$d"
if o=$(p --sync --refresh ${words.map(quote).join(' ')} 2>&1 </dev/null); then [ "$b" = "$(p --sync --list | sort)" ] || e lists; else e stale "$(printf %s "$o" | tr '\\n' '\\001')"; exit; fi
`

export const pacmanPlan = defineEach<PacmanKey, PacmanAnswer>({
  name: 'pacman-plan',
  id: (key) => JSON.stringify(key),
  absent: (value) => value.unknown.length > 0,
  prologue: functions,
  command: ({ program, names, state, upgrade, extra, refresh }) => {
    const words = extra.map(quote).join(' ')
    return `export LC_ALL=C LANGUAGE=C; at=; state=${state}; a=; f=
p() { ${program.map(quote).join(' ')} $at "$@"; }
${refresh === undefined ? '' : fresh(refresh)}all=$(p --sync --list | awk '{ print $2 }')
${names.map((name) => shText`find ${name}`).join('\n')}
${upgrade ? `p --query --upgrades | grep -v '\\[ignored\\]' | awk 'NF == 4 { print "touched\\t" $1 "\\t" $4 }'` : ''}
IFS='
'
[ -z "$a" ] || dry ${state === 'absent' ? `--remove --noconfirm --noprogressbar ${words} --print-format '%n %v' $a` : `--noconfirm --noprogressbar --needed ${words} --sync --print-format '%n %v' -- $a`}
[ -z "$f" ] || dry --noconfirm --noprogressbar --needed ${words} --upgrade --print-format '%n %v' -- $f`
  },
  parse({ stdout }) {
    const rows = stdout.split('\n').map((line) => line.split('\t'))
    const of = (kind: string): string[][] => rows.filter(([first]) => first === kind).map((row) => row.slice(1))
    const text = (kind: string): string => of(kind).map(([one = '']) => one.replaceAll('\u0001', '\n')).join('\n').trim()
    return {
      listsDiffer: of('lists').length > 0, unknown: of('unknown').map(([name = '']) => name), touched: of('touched').map(([name = '', version = '']) => [name, version]),
      packages: of('package').map(([name = '', source = '', kind = '', version = '', reason = '', ask = '']) => ({ name, source, isFile: kind === 'file', version, reason, isAsked: ask === 'yes' })),
      error: text('error'), stale: text('stale'),
    }
  },
})
