/** Which reporter a run gets: Ansible's lines on a pipe, with a live part on a terminal, JSON lines where asked for. */
import type { Reporter } from '../core/types.ts'
import { wantsColor } from './frame.ts'
import { createHuman, type Out } from './human.ts'

interface Wish { readonly output: 'human' | 'json'; readonly verbosity: number }

export async function createReporter(out: Out, err: Out, wish: Wish, env: Readonly<Record<string, string | undefined>>): Promise<Reporter> {
  if (wish.output === 'json') return (await import('./json.ts')).createJson(out, err)
  return createHuman(out, err, { color: wantsColor(out.isTTY === true, env), verbosity: wish.verbosity })
}
