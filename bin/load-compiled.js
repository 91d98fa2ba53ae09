'use strict'

const fs = require('node:fs')
const path = require('node:path')
const vm = require('node:vm')

/** What is shorter is compiled as fast as it would be read. */
const SMALL_CHARACTERS = 4096
/** How many starts add to what is kept: each goes another way through the program, and after some of them little is new. */
const LEARNING_STARTS = 5
/** A process that lives longer is looked at after so long: later, V8 drops the code of what is called at the start alone. */
const LEARNING_MS = 3000
/**
 * What stands before the code in a file: a check sum of the rest, one of the text that it was made of, and the number of starts.
 * V8 wants the code at a multiple of 8.
 */
const HEAD_BYTES = 16

/**
 * Loads a file of the program and all that it requires, with the code that V8 made of it at earlier starts. Node's own compile
 * cache keeps what is compiled when a file is loaded, and that is hardly a function: they are compiled when they are first called,
 * at each start again. So a file is looked at once more when the process ends, with all that was called in it
 * (docs/decisions/0028-compiled-code-is-kept-with-its-functions.md).
 *
 * @param {string} entry path of the file; those it requires are named by their content.
 * @param {string | null} folder where compiled code is kept; null, or one that cannot be written, makes starts slower and nothing else.
 * @returns what the file exports.
 */
exports.loadCompiled = function loadCompiled(entry, folder) {
  const modules = new Map()
  const learning = []
  return load(entry)

  function load(file) {
    const known = modules.get(file)
    if (known !== undefined) return known.exports
    const module = { exports: {} }
    modules.set(file, module)
    const required = id => (id.startsWith('.') ? load(path.join(path.dirname(file), id)) : require(id))
    try {
      compiled(file).call(module.exports, module.exports, required, module, file, path.dirname(file))
    } catch (error) {
      modules.delete(file)
      throw error
    }
    return module.exports
  }

  function compiled(file) {
    // As the modules that these files were made of, they are strict.
    const text = fs.readFileSync(file, 'utf8')
    const source = `(function (exports, require, module, __filename, __dirname) { 'use strict'; ${text}\n})`
    // The entry has one name for all that it ever held.
    const keeps = folder !== null && file !== entry && text.length > SMALL_CHARACTERS
    const kept = keeps ? path.join(folder, path.basename(file)) : null
    const textSum = kept === null ? 0 : crc32(text)
    const before = kept === null ? null : readKept(kept, textSum)
    const script = new vm.Script(source, {
      filename: file,
      cachedData: before?.code,
    })
    const starts = before === null || script.cachedDataRejected ? 0 : before.starts
    if (kept !== null && starts < LEARNING_STARTS) {
      learning.push({ script, kept, textSum, starts: starts + 1 })
      if (learning.length === 1) learnOnce(learning)
    }
    return script.runInThisContext()
  }
}

/** Keeps the code of all that is loaded until then. */
function learnOnce(learning) {
  const learn = () => {
    clearTimeout(timer)
    process.off('exit', learn)
    for (const one of learning.splice(0)) keep(one)
  }
  const timer = setTimeout(learn, LEARNING_MS).unref()
  process.on('exit', learn)
}

/**
 * V8 refuses code of another version of itself or of other flags; of the text it compares the length alone, and whether the bytes are
 * whole it does not look. Nor whose they are: what another account wrote, as with `sudo` and a home that was kept, would be run as this one.
 */
function readKept(kept, textSum) {
  let bytes
  try {
    if (!isOurs(fs.lstatSync(path.dirname(kept))) || !isOurs(fs.lstatSync(kept))) return null
    bytes = fs.readFileSync(kept)
  } catch {
    return null
  }
  if (bytes.length <= HEAD_BYTES || bytes.readUInt32LE(0) !== checkSum(bytes)) return null
  if (bytes.readUInt32LE(4) !== textSum) return null
  return { starts: bytes.readUInt32LE(8), code: bytes.subarray(HEAD_BYTES) }
}

/** Owned by this account, and nobody else may write it. */
function isOurs({ uid, mode }) {
  return uid === process.getuid() && (mode & 0o022) === 0
}

/** A full disk, or a home that is somebody else's: the next start is slower, and nobody needs to be told. */
function keep({ script, kept, textSum, starts }) {
  const bytes = Buffer.concat([Buffer.alloc(HEAD_BYTES), script.createCachedData()])
  bytes.writeUInt32LE(textSum, 4)
  bytes.writeUInt32LE(starts, 8)
  bytes.writeUInt32LE(checkSum(bytes), 0)
  const unfinished = `${kept}.${process.pid}`
  try {
    fs.mkdirSync(path.dirname(kept), { recursive: true, mode: 0o700 })
    if (!isOurs(fs.lstatSync(path.dirname(kept)))) return
    fs.writeFileSync(unfinished, bytes, { mode: 0o600, flag: 'wx' })
    fs.renameSync(unfinished, kept)
  } catch {
    try {
      fs.unlinkSync(unfinished)
    } catch {}
  }
}

/** Of all that follows it. */
function checkSum(bytes) {
  return crc32(bytes.subarray(4))
}

/** Node's compression is loaded here, since what a start does at least has no use for it. */
function crc32(data) {
  return require('node:zlib').crc32(data)
}
