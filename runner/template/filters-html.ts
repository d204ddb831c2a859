/** Filters for HTML and URLs. Text is never escaped by itself, so `safe` changes nothing. */
import type { Filter } from './call.ts'
import { dictEntries, isDict, Undefined } from '../core/value.ts'
import { items, onlyDict, onlyText, text } from './items.ts'
import { asIndex } from './numbers.ts'
import { filterTable, Refusal } from './params.ts'
import { isIterable, isTruthy, pyStr, typeName } from './python.ts'
import { urlQuote, urlSplit, urlUnquotePlus } from './urls.ts'

const marks: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', "'": '&#39;', '"': '&#34;' }
const escape = (value: string): string => value.replace(/[&<>'"]/g, (char) => marks[char] ?? char)

const entities: Readonly<Record<string, string>> = {
  amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0', copy: '©', reg: '®', hellip: '…', mdash: '—', ndash: '–', laquo: '«', raquo: '»',
  euro: '€', pound: '£', yen: '¥', cent: '¢', sect: '§', para: '¶', middot: '·', times: '×', divide: '÷', deg: '°', plusmn: '±', trade: '™',
  auml: 'ä', ouml: 'ö', uuml: 'ü', Auml: 'Ä', Ouml: 'Ö', Uuml: 'Ü', szlig: 'ß', eacute: 'é', egrave: 'è', agrave: 'à', ccedil: 'ç', ntilde: 'ñ',
  lsquo: '‘', rsquo: '’', ldquo: '“', rdquo: '”', bull: '•', larr: '←', rarr: '→', uarr: '↑', darr: '↓',
}
const unescape = (value: string): string => value.replace(/&(?:#x([0-9a-fA-F]+)|#(\d+)|([A-Za-z]+));?/g, (whole, hex?: string, number?: string, name?: string) =>
  hex !== undefined ? String.fromCodePoint(parseInt(hex, 16)) : number !== undefined ? String.fromCodePoint(Number(number)) : entities[name ?? ''] ?? whole)

function stripTags(value: string): string {
  const plain = value.replace(/<!--.*?-->/gs, '').replace(/<.*?>/gs, '')
  return unescape(plain.split(/\s+/).filter((word) => word !== '').join(' '))
}

function xmlAttributes(value: unknown, autospace: boolean): string {
  const parts = dictEntries(onlyDict(value, `xmlattr needs a dict, got ${typeName(value)}`)).flatMap(([key, item]) => {
    if (item === null || item instanceof Undefined) return []
    const name = onlyText(key, 'the name of an attribute')
    if (/[\s/>=]/.test(name)) throw new Refusal(`Invalid character in attribute name: '${name}'`)
    return [`${escape(name)}="${escape(pyStr(item))}"`]
  })
  return (autospace && parts.length > 0 ? ' ' : '') + parts.join(' ')
}

const httpUrl = /^((https?:\/\/|www\.)(([\w%-]+\.)+)?([a-z]{2,63}|xn--[\w%]{2,59})|([\w%-]{2,63}\.)+(com|net|int|edu|gov|org|info|mil)|(https?:\/\/)((([\d]{1,3})(\.[\d]{1,3}){3})|(\[([\da-f]{0,4}:){2}([\da-f]{0,4}:?){1,6}\])))(?::[\d]{1,5})?(?:[/?#]\S*)?$/iu
const email = /^\S+@\w[\w.-]*\.\w+$/u
const closers: readonly (readonly [string, string])[] = [['(', ')'], ['<', '>'], ['&lt;', '&gt;']]
const count = (text: string, part: string): number => text.split(part).length - 1

/** A word of escaped text with its URL or address as a link; brackets and punctuation around it stay outside. */
function linkWord(word: string, attributes: string, trim: (url: string) => string, schemes: readonly string[]): string {
  const head = /^(?:[(<]|&lt;)+/.exec(word)?.[0] ?? ''
  let middle = word.slice(head.length), tail = ''
  if (/(?:[)>.,\n]|&gt;)$/.test(middle)) {
    tail = /(?:[)>.,\n]|&gt;)+$/.exec(middle)?.[0] ?? ''
    middle = middle.slice(0, middle.length - tail.length)
  }
  for (const [open, close] of closers) {
    const opened = count(middle, open)
    if (opened <= count(middle, close)) continue
    for (let left = Math.min(opened, count(tail, close)); left > 0; left--) {
      const end = tail.indexOf(close) + close.length
      middle += tail.slice(0, end)
      tail = tail.slice(end)
    }
  }
  return head + linked(middle, attributes, trim, schemes) + tail
}
function linked(middle: string, attributes: string, trim: (url: string) => string, schemes: readonly string[]): string {
  if (httpUrl.test(middle)) return `<a href="${/^https?:\/\//.test(middle) ? '' : 'https://'}${middle}"${attributes}>${trim(middle)}</a>`
  if (middle.startsWith('mailto:') && email.test(middle.slice(7))) return `<a href="${middle}">${middle.slice(7)}</a>`
  if (middle.includes('@') && !/^(?:www\.|@)/.test(middle) && !middle.includes(':') && email.test(middle)) return `<a href="mailto:${middle}">${middle}</a>`
  return schemes.some((scheme) => middle !== scheme && middle.startsWith(scheme)) ? `<a href="${middle}"${attributes}>${middle}</a>` : middle
}
function urlize(value: string, limit: unknown, nofollow: boolean, target: unknown, rel: unknown, extra: unknown): string {
  const rels = new Set([...(rel === null ? '' : text(rel)).split(/\s+/), ...(nofollow ? ['nofollow'] : []), 'noopener'].filter((one) => one !== ''))
  const schemes = extra === null ? [] : items(extra).map((one) => onlyText(one))
  const bad = schemes.find((scheme) => !/^[a-z][a-z0-9.+-]*:(\/\/)?$/i.test(scheme))
  if (bad !== undefined) throw new Refusal(`'${bad}' is not a valid URI scheme prefix.`)
  const attributes = ` rel="${escape([...rels].sort().join(' '))}"${target === null ? '' : ` target="${escape(text(target))}"`}`
  const trim = (url: string): string => limit !== null && url.length > asIndex(limit) ? `${url.slice(0, asIndex(limit))}...` : url
  return escape(value).split(/(\s+)/).map((word) => linkWord(word, attributes, trim, schemes)).join('')
}

function urlEncode(value: unknown): string {
  if (typeof value === 'string' || !isIterable(value)) return urlQuote(text(value), '/')
  const quoted = (one: unknown): string => urlQuote(text(one), '').replaceAll('%20', '+')
  const pairs = isDict(value) ? dictEntries(value) : items(value).map((pair) => items(pair))
  return pairs.map((pair) => {
    if (pair.length !== 2) throw new Refusal(`expected pairs of a name and a value, got ${pyStr(pair)}`)
    return `${quoted(pair[0])}=${quoted(pair[1])}`
  }).join('&')
}
const urlParts = ['fragment', 'hostname', 'netloc', 'password', 'path', 'port', 'query', 'scheme', 'username'] as const

export const htmlFilters: Record<string, Filter> = filterTable({
  'escape|e()': (value) => escape(text(value)),
  'forceescape()': (value) => escape(text(value)),
  'safe()': (value) => text(value),
  'striptags()': (value) => stripTags(text(value)),
  'xmlattr(autospace=True)': (value, [autospace]) => xmlAttributes(value, isTruthy(autospace)),
  'urlize(trim_url_limit=None, nofollow=False, target=None, rel=None, extra_schemes=None)': (value, [limit, nofollow, target, rel, extra]) =>
    urlize(text(value), limit, isTruthy(nofollow), target, rel, extra),
  'urlencode()': (value) => urlEncode(value),
  'urldecode()': (value) => urlUnquotePlus(onlyText(value)),
  'urlsplit(query="", alias="urlsplit")': (value, [query, alias]) => {
    const parts = urlSplit(onlyText(value))
    if (!isTruthy(query)) return Object.fromEntries(urlParts.map((name) => [name, parts[name]]))
    const wanted = urlParts.find((name) => name === query)
    if (wanted === undefined) throw new Refusal(`${text(alias)}: unknown URL component: ${text(query)}`)
    return parts[wanted]
  },
})
