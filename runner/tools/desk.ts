/** What a small command (`play inventory`, `play vault`) gets from the command line, and what it hands back to be printed. */
import type { ErrorData } from '../core/events.ts'
import type { Data, Loc } from '../core/types.ts'
import type { InventoryRules } from '../core/options.ts'
import type { FileContext } from '../vars/files.ts'

export interface Desk {
  readonly settings: Readonly<Record<string, string | undefined>>
  /** True if a setting is switched on. */
  isOn(setting: string): boolean
  /** True if what is printed goes to a person. */
  readonly isTerminal: boolean
  /** Asks the user, without echo. */
  ask(prompt: string): Promise<string>
  /** Asks the user for a line that may be seen. */
  askOpenly(prompt: string): Promise<string>
  warn(message: string, loc?: Loc, mistake?: ErrorData): void
  readonly inventoryRules?: InventoryRules
  /** The variables that `-e` gives. */
  extraVars(given: readonly string[], context: FileContext): Data
}
export interface ToolOutput {
  readonly text: string | Uint8Array
  /** For standard error. */
  readonly note?: string
  /** May be shown through a pager. */
  readonly isLong?: boolean
}
