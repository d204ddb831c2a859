/** `play inventory --list | --graph | --host NAME`: what the inventory says. */
import { fault } from '../core/errors.ts'
import { loadInventory } from '../inventory/load.ts'
import { showGraph, showHost, showList } from '../inventory/show.ts'
import type { Loc } from '../core/types.ts'
import { createEvaluator } from '../vars/evaluate.ts'
import { decrypt } from '../vars/vault.ts'
import { loadSecrets, vaultSources } from '../vars/vault-secrets.ts'
import { parseArguments } from './arguments.ts'

const known = {
  '-i': 'inventory=', '--inventory': 'inventory=', '--inventory-file': 'inventory=', '--list': 'list', '--graph': 'graph', '--host': 'host=', '--vars': 'vars',
  '-l': 'limit=', '--limit': 'limit=', '--export': 'export', '--playbook-dir': 'dir=', '--vault-id': 'id=', '--vault-password-file': 'file=', '-J': 'ask', '--ask-vault-pass': 'ask',
}

export type Warn = (message: string, loc?: Loc) => void

export async function inventoryCommand(argv: readonly string[], ask: (prompt: string) => Promise<string>, warn: Warn): Promise<string> {
  const { values, rest } = parseArguments(argv, known)
  const last = (name: string): string | undefined => values.get(name)?.at(-1)
  const secrets = await loadSecrets(vaultSources({ ids: values.get('id') ?? [], files: values.get('file') ?? [], ask: values.has('ask') }, process.env), { cwd: process.cwd(), ask })
  const context = { cwd: process.cwd(), decrypt: (text: string, loc?: Loc) => decrypt(text, secrets, loc), warn }
  const inventory = await loadInventory(values.get('inventory') ?? [], { ...context, evaluate: createEvaluator(context) })
  const dir = last('dir'), limit = last('limit'), host = last('host')
  const options = { ...(dir === undefined ? {} : { playbookDir: dir }), ...(limit === undefined ? {} : { limit }), export: values.has('export') }
  if (host !== undefined) return ended(showHost(inventory, host, options))
  if (values.has('graph')) return ended(showGraph(inventory, rest[0] ?? 'all', { ...options, vars: values.has('vars') }))
  if (values.has('list')) return ended(showList(inventory, options))
  throw fault('usage', undefined, { message: 'play inventory needs --list, --graph or --host NAME' })
}
const ended = (text: string): string => text.endsWith('\n') ? text : `${text}\n`
