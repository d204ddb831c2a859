/** Renders a template of the controller and writes the text to the host: EJS for *.ejs, Jinja for every other name. */
import { Failure } from '../core/errors.ts'
import { defineModule } from '../core/module.ts'
import { modeText } from '../probes/stat.ts'
import { copyBytes } from './copy.ts'
import { attributeArgs } from './files/attributes.ts'
import { encodeText } from './files/encoding.ts'
import { baseName, expand } from './files/paths.ts'

const newlines: Readonly<Record<string, string>> = { '\\n': '\n', '\\r': '\r', '\\r\\n': '\r\n', '\n': '\n', '\r': '\r', '\r\n': '\r\n' }

export default defineModule({
  name: 'template',
  doc: 'Renders a template to a file of the host.',
  args: {
    src: { type: 'path', required: true, doc: 'The template, on the controller.' },
    dest: { type: 'path', required: true, doc: 'Where to; a folder keeps the name of src.' },
    backup: { type: 'bool', default: false, doc: 'Keep a dated copy of what was there.' },
    force: { type: 'bool', default: true, doc: 'Replace a file that differs; no: only where there is none.' },
    follow: { type: 'bool', default: false, doc: 'Where dest is a link, write what it leads to.' },
    validate: { type: 'str', doc: 'A command that must succeed before the file is replaced; %s is the new file.' },
    newline_sequence: { type: 'str', default: '\n', choices: ['\n', '\r', '\r\n', '\\n', '\\r', '\\r\\n'], doc: 'How lines end.' },
    block_start_string: { type: 'str', default: '{%', doc: 'Starts a statement.' },
    block_end_string: { type: 'str', default: '%}', doc: 'Ends a statement.' },
    variable_start_string: { type: 'str', default: '{{', doc: 'Starts an expression.' },
    variable_end_string: { type: 'str', default: '}}', doc: 'Ends an expression.' },
    comment_start_string: { type: 'str', default: '{#', doc: 'Starts a comment.' },
    comment_end_string: { type: 'str', default: '#}', doc: 'Ends a comment.' },
    trim_blocks: { type: 'bool', default: true, doc: 'Drop the line break behind a statement.' },
    lstrip_blocks: { type: 'bool', default: false, doc: 'Drop spaces before a statement.' },
    output_encoding: { type: 'str', default: 'utf-8', doc: 'Encoding of the file that is written.' },
    ...attributeArgs,
  },
  async plan(args, target) {
    const newline = newlines[args.newline_sequence]
    if (newline === undefined) throw new Failure('newline_sequence needs to be one of: \n, \r or \r\n')
    const file = await target.local('templates', args.src)
    if (file.kind === 'directory') throw new Failure(`the template ${file.path} is a directory`)
    const dest = await expand(target, args.dest)
    const text = await target.render(file, {
      blockStart: args.block_start_string, blockEnd: args.block_end_string, variableStart: args.variable_start_string, variableEnd: args.variable_end_string,
      commentStart: args.comment_start_string, commentEnd: args.comment_end_string, trimBlocks: args.trim_blocks, lstripBlocks: args.lstrip_blocks,
      newline, dest,
    })
    const mode = args.mode === 'preserve' ? modeText(file.mode) : args.mode
    return copyBytes(target, { ...args, mode, checksum: undefined, directory_mode: undefined }, encodeText(text, args.output_encoding), dest, baseName(file.path), { src: file.path })
  },
})
