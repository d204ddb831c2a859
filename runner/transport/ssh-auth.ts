/** How to log in: keys, agent, password, in an order that saves round trips. The library itself is loaded by ssh.ts. */
import { readFile } from 'node:fs/promises'
import { fault } from '../core/errors.ts'
import type { Endpoint } from '../core/session.ts'
import type { AnyAuthMethod, AuthenticationType, KeyboardInteractiveAuthMethod, ParsedKey, Ssh2 } from './ssh.ts'
import type { SshPlace } from './ssh-config.ts'

interface AuthStep { readonly name: string; readonly method: AnyAuthMethod; readonly sendsSecret: boolean }

export interface AuthSteps {
  /** What was tried, for the error message. */
  readonly tried: string[]
  /** The next way that the server still takes; undefined: none is left. */
  next(left: readonly AuthenticationType[] | undefined, isDoubtful: boolean): AnyAuthMethod | undefined
}

/**
 * What was named comes first (key file, then password), then the agent and the keys of ssh_config. The method `none`, which only asks
 * what is allowed, is left out: one round trip saved.
 */
export async function authSteps(utils: Ssh2['utils'], endpoint: Endpoint, place: SshPlace): Promise<AuthSteps> {
  const username = place.user
  const steps: AuthStep[] = []
  const notes: string[] = []
  const addKey = (file: string, key: ParsedKey): void => { steps.push({ name: `key ${file}`, method: { type: 'publickey', username, key }, sendsSecret: false }) }
  const { explicitKey, agent } = place
  if (explicitKey !== undefined) {
    const key = await readKey(utils, explicitKey, endpoint.passphrase)
    if (typeof key !== 'string') addKey(explicitKey, key)
    else if (endpoint.password === undefined && (agent === undefined || !/passphrase|encrypted/i.test(key))) throw fault('unreachable-key-file', undefined, { host: place.name, file: explicitKey, said: key || 'no such file' })
    else notes.push(`key ${explicitKey} (${key || 'no such file'})`) // the password may do, or the agent holds it
  }
  if (endpoint.password !== undefined) steps.push(...passwordSteps(username, endpoint.password))
  if (agent !== undefined && !(place.identitiesOnly && notes.length === 0)) steps.push({ name: 'ssh-agent', method: { type: 'agent', username, agent }, sendsSecret: false })
  for (const file of place.identityFiles) {
    if (file === explicitKey) continue
    const key = await readKey(utils, file, endpoint.passphrase)
    if (typeof key !== 'string') addKey(file, key)
    else if (key !== '') notes.push(`key ${file} (${key})`)
  }
  const tried: string[] = [...notes]
  return {
    tried,
    next(left, isDoubtful) {
      for (let step = steps.shift(); step !== undefined; step = steps.shift()) {
        if (step.sendsSecret && isDoubtful) continue
        const kind: AuthenticationType = step.method.type === 'agent' ? 'publickey' : step.method.type
        if (left !== undefined && left.length > 0 && !left.includes(kind)) continue
        tried.push(step.name)
        return step.method
      }
      return undefined
    },
  }
}

/** The same password for both ways in which servers ask for one. */
function passwordSteps(username: string, password: string): AuthStep[] {
  const keyboard: KeyboardInteractiveAuthMethod = {
    type: 'keyboard-interactive', username,
    prompt: (_name, _instructions, _lang, prompts, finish) => finish(prompts.map(() => password)),
  }
  return [
    { name: 'password', method: { type: 'password', username, password }, sendsSecret: true },
    { name: 'keyboard-interactive', method: keyboard, sendsSecret: true },
  ]
}

/** The key, or why there is none; empty: no such file. */
async function readKey(utils: Ssh2['utils'], file: string, passphrase: string | undefined): Promise<ParsedKey | string> {
  let text: Buffer
  try {
    text = await readFile(file)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    return error instanceof Error ? error.message : String(error)
  }
  const key = utils.parseKey(text, passphrase)
  if (key instanceof Error) {
    if (passphrase === undefined && /passphrase|encrypted/i.test(key.message)) return 'it is encrypted and there is no passphrase'
    if (passphrase !== undefined && /decrypt|integrity|passphrase/i.test(key.message)) return 'wrong passphrase'
    return /unsupported|format/i.test(key.message) ? `${key.message} (keys on hardware tokens and certificates need ansible_connection: openssh)` : key.message
  }
  const one = Array.isArray(key) ? key[0] : key
  return one.isPrivateKey() ? one : 'it is a public key'
}
