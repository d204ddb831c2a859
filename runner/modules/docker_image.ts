/** Keeps an image of a Docker engine: pulled, built, loaded from an archive, or made from the archive of a root file system. */
import { Failure } from '../core/errors.ts'
import { attr, defineModule, nothing } from '../core/module.ts'
import { raw, shText } from '../core/sh.ts'
import type { Data } from '../core/types.ts'
import type { Args, Change, Plan } from '../core/plan.ts'
import { image } from '../probes/docker.ts'
import { followed, stat } from '../probes/stat.ts'
import { docker, dockerKey, engineArgs, script, shown } from './docker/engine.ts'

const args = {
  ...engineArgs,
  name: { type: 'str', required: true, doc: 'Name of the image, with or without a tag.' },
  tag: { type: 'str', default: 'latest', doc: 'Tag, where the name has none.' },
  state: { type: 'str', choices: ['absent', 'present'], default: 'present', doc: 'Whether the image is there.' },
  source: { type: 'str', choices: ['build', 'load', 'pull', 'local', 'import'], doc: 'Where it comes from; import makes it from the archive of a root file system.' },
  build: {
    type: 'dict', doc: 'For source build.', options: {
      path: { type: 'path', required: true, doc: 'Folder of the host with the Dockerfile.' }, dockerfile: { type: 'str', doc: 'The Dockerfile, below that folder.' },
      args: { type: 'dict', doc: 'Build arguments.' }, labels: { type: 'dict', doc: 'Labels.' }, target: { type: 'str', doc: 'Stage to build.' }, network: { type: 'str', doc: 'Network.' },
      nocache: { type: 'bool', default: false, doc: 'Without cache.' }, pull: { type: 'bool', default: false, doc: 'Fetches newer base images.' }, rm: { type: 'bool', default: true, doc: 'Removes what is left in between.' },
      platform: { type: 'str', doc: 'Platform.' }, shm_size: { type: 'str', doc: 'Size of /dev/shm.' }, cache_from: { type: 'list', elements: 'str', doc: 'Images to take layers from.' },
      etc_hosts: { type: 'dict', doc: 'Names and addresses.' }, http_timeout: { type: 'int', doc: 'Accepted: the docker command waits.' },
      use_config_proxy: { type: 'bool', doc: 'Accepted: the docker command does.' }, container_limits: { type: 'dict', doc: 'Limits.', unsupported: 'the docker command has no flags for them in every version' },
    },
  },
  pull: { type: 'dict', doc: 'For source pull.', options: { platform: { type: 'str', doc: 'Platform.' } } },
  load_path: { type: 'path', doc: 'Archive of the host, for source load and import.' },
  import_changes: { type: 'list', elements: 'str', default: [], doc: 'For source import: lines of a Dockerfile, as CMD ["/sbin/init"].' },
  archive_path: { type: 'path', doc: 'Writes the image to this archive.' },
  repository: { type: 'str', doc: 'Gives the image this name as well.' },
  push: { type: 'bool', default: false, doc: 'Pushes it.' },
  force_source: { type: 'bool', default: false, doc: 'Makes it again where it is there.' },
  force_tag: { type: 'bool', default: false, doc: 'Gives repository to it where another image has that name.' },
  force_absent: { type: 'bool', default: false, doc: 'Removes it though something uses it.' },
} as const
type ImageArgs = Args<typeof args>
const text = (value: unknown): string => value === undefined || value === null ? '' : String(value)
const entries = (value: unknown): readonly (readonly [string, unknown])[] => typeof value === 'object' && value !== null ? Object.entries(value) : []

/** A colon after the last slash starts a tag, an @ a digest. */
export const withTag = (name: string, tag: string): string => /:[^/]*$|@/.test(name) ? name : `${name}:${tag}`

function buildWords(build: Readonly<Data>, name: string): string[] {
  const pairs = (flag: string, value: unknown, between = '='): string[] => entries(value).flatMap(([key, one]) => [flag, `${key}${between}${text(one)}`])
  const one = (flag: string, value: unknown): string[] => value === undefined || value === null ? [] : [flag, text(value)]
  const path = text(build.path)
  return [
    'build', '--tag', name, ...(build.dockerfile === undefined || build.dockerfile === null ? [] : ['--file', text(build.dockerfile).startsWith('/') ? text(build.dockerfile) : `${path}/${text(build.dockerfile)}`]),
    ...pairs('--build-arg', build.args), ...pairs('--label', build.labels), ...pairs('--add-host', build.etc_hosts, ':'), ...one('--target', build.target), ...one('--network', build.network),
    ...one('--platform', build.platform), ...one('--shm-size', build.shm_size), ...(Array.isArray(build.cache_from) ? build.cache_from.flatMap((from) => ['--cache-from', text(from)]) : []),
    ...(build.nocache === true ? ['--no-cache'] : []), ...(build.pull === true ? ['--pull'] : []), path,
  ]
}

/** The command that makes the image. */
function source(want: ImageArgs, name: string): string {
  const { docker_host: host } = want
  switch (want.source) {
    case 'build':
      if (want.build === undefined) throw new Failure('source is build but all of the following are missing: build')
      return docker(host, buildWords(want.build, name))
    case 'load': {
      if (want.load_path === undefined) throw new Failure('source is load but all of the following are missing: load_path')
      const check = `{ ${docker(host, ['image', 'inspect', name])} >/dev/null 2>&1 || { printf 'The archive %s has no image %s\\n' ${shText`${want.load_path} ${name}`}; exit 1; }; }`
      return `${docker(host, ['load', '--input', want.load_path])} && ${check}`
    }
    case 'import':
      if (want.load_path === undefined) throw new Failure('source is import but all of the following are missing: load_path')
      return docker(host, ['import', ...want.import_changes.flatMap((line) => ['--change', line]), want.load_path, name])
    case 'local': throw new Failure(`Cannot find the image ${name} locally.`, { name })
    default: return docker(host, ['pull', '--quiet', ...(want.pull?.platform === undefined ? [] : ['--platform', text(want.pull.platform)]), name])
  }
}

export default defineModule({
  name: 'docker_image',
  doc: 'Keeps an image of a Docker engine.',
  args,
  async plan(want, target): Promise<Plan> {
    const name = withTag(want.name, want.tag), key = dockerKey(name, want.docker_host)
    const other = want.repository === undefined ? undefined : withTag(want.repository, want.tag)
    const [is, named, archive] = await Promise.all([
      target.read(image, key), other === undefined ? undefined : target.read(image, dockerKey(other, want.docker_host)),
      want.archive_path === undefined ? undefined : target.read(stat, want.archive_path),
    ])
    const predict = (what: string, exists: boolean): NonNullable<Plan['after']>[number] => ({ probe: image.name, id: image.id(dockerKey(what, want.docker_host)), value: { exists } })
    if (want.state === 'absent') {
      if (!is.exists) return nothing({ image: {} })
      return {
        changes: [attr(name, 'state', 'present', 'absent')],
        steps: [{ sh: script([docker(want.docker_host, ['image', 'rm', ...(want.force_absent ? ['--force'] : []), name])], ':'), okRc: 'any' }],
        after: [predict(name, false)], done: ([ran]) => shown('image', ran),
      }
    }
    const changes: Change[] = [], lines: string[] = []
    if (!is.exists && want.source === undefined) throw new Failure(`image ${name} is not there, and source does not say where it comes from`, { name })
    const isMade = !is.exists || (want.force_source && want.source !== undefined && want.source !== 'local')
    if (isMade) {
      changes.push(attr(name, 'state', is.exists ? 'present' : 'absent', is.exists ? `made again (${text(want.source)})` : 'present'))
      lines.push(source(want, name))
    }
    if (want.archive_path !== undefined && archive !== undefined && (isMade || followed(archive).type === 'absent')) {
      changes.push(attr(want.archive_path, 'state', followed(archive).type, 'written'))
      lines.push(docker(want.docker_host, ['save', '--output', want.archive_path, name]))
    }
    const isNamed = named?.exists === true && named.live?.Id === is.live?.Id && !isMade
    if (other !== undefined && !isNamed && (named?.exists !== true || want.force_tag || isMade)) {
      changes.push(attr(other, 'state', named?.exists === true ? 'other image' : 'absent', name))
      lines.push(docker(want.docker_host, ['tag', name, other]))
    }
    if (want.push) { changes.push({ kind: 'run', cmd: `docker push ${other ?? name}` }); lines.push(shText`${raw(docker(want.docker_host, ['push', '--quiet', other ?? name]))}`) }
    if (changes.length === 0) return nothing({ image: is.live ?? {} })
    return {
      changes, steps: [{ sh: script(lines, docker(want.docker_host, ['image', 'inspect', name])), okRc: 'any' }],
      after: [predict(name, true), ...(other === undefined ? [] : [predict(other, true)])], later: ['image'], done: ([ran]) => shown('image', ran),
    }
  },
})
