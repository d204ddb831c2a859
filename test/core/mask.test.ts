/** Masking: what is a secret among arguments, and that nothing of one is left where secrets hold each other. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createMasker, secretTexts } from '../../runner/core/mask.ts'
import type { ArgSpec } from '../../runner/core/plan.ts'

const spec: ArgSpec = {
  top: { type: 'str', secret: true, aliases: ['summit'], doc: '' }, pin: { type: 'int', secret: true, doc: '' }, usual: { type: 'str', secret: true, default: 'public', doc: '' },
  dict: { type: 'dict', doc: '', options: { plain: { type: 'str', doc: '' }, deep: { type: 'dict', doc: '', options: { word: { type: 'str', secret: true, doc: '' } } } } },
  list: { type: 'list', elements: 'dict', doc: '', options: { word: { type: 'str', secret: true, doc: '' } } },
  words: { type: 'list', elements: 'str', secret: true, doc: '' },
}

test('options of options, lists and numbers are secrets where they are declared as such', () => {
  const found = secretTexts(spec, { summit: 'RET', pin: 123456, usual: 'public', dict: { plain: 'shown', deep: { word: 'SECRET102' } }, list: [{ word: 'SECRET103' }], words: ['one1', 'two2'] })
  assert.equal([...found].sort(), ['123456', 'RET', 'SECRET102', 'SECRET103', 'one1', 'two2'])
})

test('a value that is not of the declared type', () => {
  assert.equal(secretTexts(spec, { dict: 'text', list: { word: 'SECRET104' }, words: { a: 'SECRET105' } }), ['SECRET104', 'SECRET105'])
})

test('a secret that is part of another one leaves nothing of it, whichever is known first', () => {
  for (const order of [['RET', 'SECRET102'], ['SECRET102', 'RET']]) {
    const masker = createMasker()
    for (const secret of order) masker.add(secret)
    assert.is(masker.text('a SECRET102 and RET'), 'a ******** and ********')
  }
})

test('secrets that overlap leave no rest of one another; neighbours are two', () => {
  const masker = createMasker()
  for (const secret of ['abcXX', 'XXdef', 'tail']) masker.add(secret)
  assert.is(masker.text('<abcXXdef> <XXdefabcXX> abcXXtail.'), '<********> <****************> ****************.')
  assert.is(masker.text('none'), 'none')
})

test('a number is masked as a whole', () => {
  const masker = createMasker()
  masker.add('123456')
  assert.equal(masker.value({ pin: 123456, port: 8080 }), { pin: '********', port: 8080 })
})

test.run()
