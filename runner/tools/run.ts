/** The commands beside running playbooks: `play inventory` and `play vault`. */
import { fault } from '../core/errors.ts'
import { inventoryCommand } from './inventory.ts'
import type { Warn } from './inventory.ts'
import { vaultCommand } from './vault-command.ts'

export interface ToolOutput { readonly text: string; readonly code: number }

export async function runTool(asked: { readonly command: string; readonly args: readonly string[] }, ask: (prompt: string) => Promise<string>, warn: Warn): Promise<ToolOutput> {
  if (asked.command === 'inventory') return { text: await inventoryCommand(asked.args, ask, warn), code: 0 }
  if (asked.command === 'vault') return { text: await vaultCommand(asked.args, ask), code: 0 }
  throw fault('usage', undefined, { message: `there is no command ${asked.command}` })
}
