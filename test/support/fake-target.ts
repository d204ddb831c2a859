/**
 * A target without a machine: answers come from the case's `reads`, by probe name and id. Unlisted ids of the probes in `missing` are
 * "not there"; a probe without a default throws, so that a case says everything its module asks.
 * Shorthand in tables: stat `directory 0755 root:root`, `file 0644 1000:1000 12` (size), `link -> /x`, `absent`; content: the text, or
 * null. Any other probe's answer is taken as it stands.
 */
import { createHash } from 'node:crypto'
import type { LocalFile, Probe, Target } from '../../runner/core/plan.ts'
import type { Case } from './cases.ts'
import { localFile, renderFile } from './local-files.ts'

const root = {
  uid: 0, gid: 0, user: 'root', group: 'root', groups: [0], umask: 0o022, home: '/root', cwd: '/root', env: { HOME: '/root', USER: 'root' }, selinux: false,
}
const accounts: Readonly<Record<string, number>> = { root: 0, daemon: 1, bob: 1000, www: 33 }

/** Answers for what a case does not list. */
const missing: Readonly<Record<string, (id: string) => unknown>> = {
  stat: (id) => id === '/' || id === '/t' ? toStat('directory 0755 root:root') : { type: 'absent' }, content: () => ({ kind: 'absent' }), checksum: () => null,
  flags: () => null, tree: () => null, account: () => root, mime: () => ({ mimetype: 'unknown', charset: 'unknown' }),
  users: (id) => userOf(id), groups: (id) => groupOf(id),
}
function named(id: string): readonly [string, number] | undefined {
  const found = Object.entries(accounts).find(([name, number]) => name === id || String(number) === id)
  return found
}
function userOf(id: string): unknown {
  const found = named(id)
  return found === undefined ? undefined : { name: found[0], uid: found[1], gid: found[1], comment: '', home: `/home/${found[0]}`, shell: '/bin/sh' }
}
function groupOf(id: string): unknown {
  const found = named(id)
  return found === undefined ? undefined : { name: found[0], gid: found[1], members: [] }
}

function toStat(text: string): unknown {
  const link = /^link -> (.*)$/.exec(text)
  const own = { uid: 0, gid: 0, owner: 'root', group: 'root', readable: true, writable: true, executable: false }
  const live = { inode: text.length, device: 1, nlink: 1, blocks: 8, blockSize: 4096, rdev: 0, atime: 1700000000, mtime: 1700000000, ctime: 1700000000 }
  if (link !== null) return { ...own, type: 'link', mode: '0777', size: (link[1] ?? '').length, target: link[1], real: link[1], executable: true, live }
  const [type = '', mode = '0644', owner = 'root:root', size = '4096'] = text.split(' ')
  if (type === 'absent') return { type: 'absent' }
  const [user = 'root', group = user] = owner.split(':')
  const id = (name: string): number => /^\d+$/.test(name) ? Number(name) : accounts[name] ?? 0
  const name = (given: string): string | undefined => named(given)?.[0]
  return { ...own, type, mode, uid: id(user), gid: id(group), owner: name(user), group: name(group), size: Number(size), executable: type === 'directory' || /[1357]/.test(mode.slice(-3)), live }
}

const shorthand: Readonly<Record<string, (answer: unknown) => unknown>> = {
  platform: (answer) => ({ os: {}, system: 'Linux', packageManager: 'apt', serviceManager: 'systemd', init: 'systemd', ...Object(answer), tools: new Set(Object(answer).tools) }),
  stat: (answer) => typeof answer === 'string' ? toStat(answer) : answer,
  content: (answer) => typeof answer !== 'string' ? answer ?? { kind: 'absent' }
    : { kind: 'file', sha1: createHash('sha1').update(answer).digest('hex'), bytes: new Uint8Array(Buffer.from(answer)) },
}

export interface FakeTarget extends Target { readonly asked: readonly string[] }

export function fakeTarget(one: Case, user = 'root'): FakeTarget {
  const asked: string[] = []
  return {
    user, asked,
    async read<K, T>(probe: Probe<K, T>, key: K): Promise<T> {
      const id = probe.id(key), given = one.reads?.[probe.name] ?? {}
      asked.push(`${probe.name} ${id}`)
      const plain = id.replace(/\?.*$/, '')
      const found = Object.hasOwn(given, id) ? given[id] : Object.hasOwn(given, plain) ? given[plain] : undefined
      if (found === undefined && !Object.hasOwn(given, id)) {
        const instead = missing[probe.name]
        if (instead === undefined) throw new Error(`the case "${one.name}" has no answer for ${probe.name} ${id}`)
        return instead(plain) as T
      }
      const answer = shorthand[probe.name]?.(found) ?? found
      return answer as T
    },
    local: async (kind: string, path: string): Promise<LocalFile> => localFile(one.local, kind, path),
    render: renderFile,
  }
}
