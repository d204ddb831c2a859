/** `play vault encrypt_string`: which texts are meant, and the YAML that stands for them. */
import { fault } from '../core/errors.ts'
import type { VaultSecret } from '../vars/vault.ts'
import type { Desk } from './desk.ts'
import type { VaultArguments } from './vault-command.ts'
import { encryptString } from './vault.ts'

interface Wanted { readonly text: string; readonly from: 'the interactive prompt' | 'stdin' | 'the command line args'; readonly name: string | undefined }
interface Source extends Desk { readAll(): string }

/** From the prompt, from standard input, and from the command line, in this order; YAML, and what to say beside it. */
export async function stringsToEncrypt(parsed: VaultArguments, by: VaultSecret, salt: string | undefined, source: Source): Promise<{ readonly text: string; readonly note: string }> {
  const { values, rest } = parsed, isPrompted = values.has('prompt')
  const isRead = rest.includes('-') || values.has('stdinName') || (rest.length === 0 && !isPrompted)
  if (isPrompted && isRead) throw bad('The --prompt option is not supported if also reading input from stdin')
  const wanted = [
    ...(isPrompted ? [await prompted(values.has('show'), source)] : []),
    ...(isRead ? [{ text: source.readAll(), from: 'stdin' as const, name: values.get('stdinName')?.at(-1) }] : []),
    ...rest.filter((one) => one !== '-').map((text, i) => ({ text, from: 'the command line args' as const, name: values.get('names')?.[i] })),
  ]
  const empty = wanted.find((one) => one.text === '')
  if (empty !== undefined) throw bad(empty.from === 'stdin' ? 'stdin was empty, not encrypting' : `The plaintext provided from ${empty.from} was empty, not encrypting`)
  const titles = wanted.length < 2 ? [] : wanted.map(({ name, from }, i) =>
    name === undefined ? `# The encrypted version of the string #${i + 1} from ${from}.)\n` : `# The encrypted version of variable ("${name}", the string #${i + 1} from ${from}).\n`)
  return { text: wanted.map(({ text, name }) => `${encryptString(text, by, name, salt)}\n`).join(''), note: [...unnamed(parsed), ...titles].join('') }
}
const bad = (message: string): Error => fault('usage', undefined, { message })

async function prompted(isShown: boolean, source: Source): Promise<Wanted> {
  const name = await source.askOpenly('Variable name (enter for no name): ')
  const text = isShown ? await source.askOpenly('String to encrypt: ') : await source.ask('String to encrypt (hidden): ')
  return { text, from: 'the interactive prompt', name: name === '' ? undefined : name }
}
function unnamed({ values, rest }: VaultArguments): string[] {
  const names = values.get('names') ?? [], texts = rest.filter((one) => one !== '-').length
  if (names.length === 0 || texts <= names.length) return []
  return [`The number of --name options do not match the number of args.\nThe last named variable will be "${names.at(-1) ?? ''}". The rest will not have names.\n`]
}
