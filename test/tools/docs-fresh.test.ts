/** The generated pages are those that the declarations give now. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { pages } from '../../docs/build.ts'

for (const [path, text] of await pages()) {
  test(`${relative(process.cwd(), path)} is fresh (npm run docs)`, () => { assert.is(readFileSync(path, 'utf8'), text) })
}

test.run()
