/** Reads a file of the host into the result. */
import { Failure } from '../core/errors.ts'
import { defineModule } from '../core/module.ts'
import { UnknownValue } from '../core/value.ts'
import { content } from '../probes/content.ts'
import { whyAbsent } from '../probes/reach.ts'
import { followed, stat } from '../probes/stat.ts'
import { expand } from './files/paths.ts'

export default defineModule({
  name: 'slurp',
  doc: 'Reads a file of the host.',
  args: {
    src: { type: 'path', required: true, aliases: ['path'], doc: 'The file.' },
    armor: { type: 'bool', default: true, doc: 'Give the content in base64; no: as text.' },
  },
  async plan(args, target) {
    const source = await expand(target, args.src)
    const [is, now] = await Promise.all([target.read(stat, source), target.read(content, { path: source })])
    const end = followed(is)
    if (end.type === 'absent') {
      const why = await whyAbsent(target, source)
      throw new Failure(why === 'denied' ? `File is not readable: ${source}` : why === 'no-folder' ? `Unable to slurp file: Not a directory: ${source}` : `File not found: ${source}`)
    }
    if (end.type === 'directory') throw new Failure(`Source is a directory and must be a file: ${source}`)
    if (now.kind !== 'file') throw new Failure(`File is not readable: ${source}`)
    if (now.bytes === undefined) throw new UnknownValue(`the content of ${source} is not known before the run`)
    const bytes = Buffer.from(now.bytes)
    return { changes: [], steps: [], data: { source, content: args.armor ? bytes.toString('base64') : bytes.toString(), encoding: args.armor ? 'base64' : 'utf-8' } }
  },
})
