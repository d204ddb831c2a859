/** Ways from one place to the next: a hop is a prefix of arguments, so hops stack (docker exec, then sudo). */
import type { Become } from '../core/session.ts'
import { quote } from '../core/sh.ts'

export type Hop = (argv: readonly string[]) => string[]

export function execHop(engine: 'docker' | 'podman', container: string, user: string | undefined, extraArgs: readonly string[]): Hop {
  return (argv) => [engine, ...extraArgs, 'exec', '-i', ...(user === undefined ? [] : ['-u', user]), container, ...argv]
}

export interface Prompt {
  /** True where `stderr` so far ends with this hop's question for a password, asked `count` times. */
  asked(stderr: string, count: number): boolean
}
export interface AccountHop { readonly wrap: Hop; readonly prompt: Prompt }

const words = (text: string | undefined): string[] => (text ?? '').split(/\s+/).filter((word) => word !== '')

/** How sudo asks is seen to here; `-`: what is left of -S and -n. */
const ownFlags: ReadonlySet<string> = new Set(['-', '--stdin', '--non-interactive'])
/** The prompt of sudo carries `token`, so that nothing else can be taken for it, in any language. */
function sudoHop(become: Become, token: string): AccountHop {
  const flags = words(become.flags)
  const asking = become.password === undefined ? ['-n'] : ['-S', '-p', token]
  // -H and -n are Ansible's default become_flags (-H -S -n); HOME of the target account is what users expect
  const base = flags.length > 0 ? flags.map((flag) => /^-[A-Za-z]+$/.test(flag) ? flag.replaceAll(/[Sn]/g, '') : flag).filter((flag) => !ownFlags.has(flag)) : ['-H']
  return {
    wrap: (argv) => [...(become.chdir === undefined ? [] : ['/bin/sh', '-c', 'cd "$0" && exec "$@"', become.chdir]), become.exe ?? 'sudo', ...base, ...asking, '-u', become.user, '--', ...argv],
    prompt: { asked: (stderr, count) => stderr.split(token).length - 1 >= count },
  }
}

/** su asks in the words of PAM, in the language of the host; what ends with a colon before the shell has answered is its question. */
const suPrompt: Prompt = { asked: (stderr, count) => count === 1 && /[:：]\s?$/.test(stderr) }

/** Words that somebody named, in any case, and a colon. */
function promptOf({ prompts = [] }: Become): Prompt {
  if (prompts.length === 0) return suPrompt
  const named = new RegExp(`(?:${prompts.map((one) => one.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})\\s*[:：]`, 'i')
  return { asked: (stderr, count) => count === 1 && named.test(stderr) }
}

function suHop(become: Become): AccountHop {
  const flags = words(become.flags)
  return {
    // -s: accounts of services have nologin as shell; root may choose another
    wrap: (argv) => [become.exe ?? 'su', ...(flags.includes('-s') ? flags : [...flags, '-s', '/bin/sh']), become.user, '-c', argv.map(quote).join(' ')],
    prompt: promptOf(become),
  }
}

function doasHop(become: Become): AccountHop {
  return {
    wrap: (argv) => [become.exe ?? 'doas', ...words(become.flags), ...(become.password === undefined ? ['-n'] : []), '-u', become.user, ...argv],
    prompt: suPrompt,
  }
}

/** How to get from the connecting account to another. `token` must be random. */
export function accountHop(become: Become, token: string): AccountHop {
  switch (become.method) {
    case 'sudo': return sudoHop(become, token)
    case 'su': return suHop(become)
    case 'doas': return doasHop(become)
    default: return become.method satisfies never
  }
}
