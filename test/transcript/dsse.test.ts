import { describe, expect, it } from 'vitest'
import { sha256Hex } from '../../src/transcript/encoding/hash.ts'
import {
  addToken,
  PAYLOAD_TYPE,
  pae,
  readEnvelope,
  sealSha256,
  toEnvelope,
} from '../../src/transcript/statements/dsse.ts'

describe('a DSSE envelope', () => {
  it('signs the bytes that its specification gives', () => {
    const bytes = pae('http://example.com/HelloWorld', Buffer.from('hello world'))
    expect(bytes.toString()).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world')
    expect(pae(PAYLOAD_TYPE, Buffer.from('é')).toString()).toBe('DSSEv1 28 application/vnd.in-toto+json 2 é')
  })

  it('is read in both alphabets, with or without padding, and with fields that are not known', () => {
    const payload = Buffer.from([0xfb, 0xff, 0xfe, 0x3f])
    const line = toEnvelope(payload, 'SHA256:x', 'armor')
    expect(readEnvelope(line)).toEqual({ payload, signatures: ['armor'], tokens: [[]] })
    const url = line.replace(payload.toString('base64'), payload.toString('base64url'))
    expect(url).not.toBe(line)
    expect(readEnvelope(url.replace('{', '{"more":1,'))).toEqual({ payload, signatures: ['armor'], tokens: [[]] })
    expect(sealSha256(`${line}\nanything`)).toBe(sha256Hex(payload))
  })

  it('takes time-stamp tokens beside its signature, and is none the worse for what is no token', () => {
    const line = toEnvelope(Buffer.from('{}'), 'SHA256:x', 'armor')
    const stamped = addToken(addToken(line, Buffer.from('one')), Buffer.from('two'))
    expect(stamped).toContain('"sig":"YXJtb3I=","timestamps":[{"type":"tsp","data":"b25l"},')
    expect(stamped.replace(/,"timestamps":\[.*?\]/, '')).toBe(line)
    expect(readEnvelope(stamped)?.tokens).toEqual([[Buffer.from('one'), Buffer.from('two')]])
    for (const broken of ['"type":"other"', '"type":7', '"data":"*"'])
      expect(readEnvelope(stamped.replace(/"(type|data)":"[^"]*"/, broken))).toMatchObject({ signatures: ['armor'] })
  })

  it('is none with another type, spare bits, or no signature', () => {
    const line = toEnvelope(Buffer.from([1]), 'k', 'armor')
    expect(readEnvelope(line.replace('in-toto', 'other'))).toBeNull()
    expect(readEnvelope(line.replace('AQ==', 'AR=='))).toBeNull()
    expect(readEnvelope(line.replace('AQ==', 'A*=='))).toBeNull()
    expect(readEnvelope(line.replace(/"signatures":.*/, '"signatures":[]}'))).toBeNull()
    expect(sealSha256('nothing')).toBeNull()
  })
})
