#!/usr/bin/env node
// Written for any Node there ever was: it must start on an old one, if only to hand over or to say what is needed.
'use strict'

var path = require('node:path')
var fs = require('node:fs')

var version = process.versions.node.split('.').map(Number)
var recent = version[0] > 22 || (version[0] === 22 && version[1] >= 12)

if (recent) start()
else handOver()

function start() {
  var entry = path.join(__dirname, '..', 'dist', 'signoff.cjs')
  if (!fs.existsSync(entry)) {
    process.stderr.write(
      'signoff: dist/signoff.cjs is missing; run "npm run build" in ' + path.join(__dirname, '..') + '\n',
    )
    process.exit(70)
  }
  require('./load-compiled.js').loadCompiled(entry, cacheFolder()).main(process.argv.slice(2))
}

// Compiling our own code is most of a start.
function cacheFolder() {
  var cache = process.env.XDG_CACHE_HOME || (process.env.HOME && path.join(process.env.HOME, '.cache'))
  if (!cache || process.env.NODE_DISABLE_COMPILE_CACHE) return null
  return path.join(cache, 'signoff', 'compile', process.version + '-' + process.arch)
}

function handOver() {
  var newer = findNewer(path.join(__dirname, '..'))
  if (!newer) {
    process.stderr.write(
      'signoff: needs Node 22.12 or newer, this is ' +
        process.version +
        '; run it with a newer node, or "npm ci" here brings one\n',
    )
    process.exit(70)
  }
  var child = require('node:child_process').spawn(newer, [__filename].concat(process.argv.slice(2)), {
    stdio: 'inherit',
  })
  // A terminal sends Ctrl-C to both of us; whatever is sent to us alone is passed on. The child decides when to end.
  ;['SIGTERM', 'SIGHUP'].forEach(signal => {
    process.on(signal, () => {
      child.kill(signal)
    })
  })
  process.on('SIGINT', () => {})
  child.on('error', error => {
    process.stderr.write('signoff: ' + newer + ' does not start: ' + error.message + '\n')
    process.exit(70)
  })
  var terminals = [0, 1, 2].filter(isTerminal)
  child.on('exit', (code, signal) => {
    // Node sets a terminal back as it was when it ends, and aborts where that one has been closed meanwhile.
    terminals.forEach(file => {
      if (!isTerminal(file)) fs.closeSync(file)
    })
    if (signal) {
      // Some signals end no Node, such as SIGPIPE: that must not look like success.
      process.exitCode = 128 + (require('node:os').constants.signals[signal] || 0)
      process.removeAllListeners(signal)
      process.kill(process.pid, signal)
    } else process.exit(code === null ? 70 : code)
  })
}

function isTerminal(file) {
  return require('node:tty').isatty(file)
}

function findNewer(from) {
  for (var folder = from; ; folder = path.dirname(folder)) {
    var candidate = path.join(folder, 'node_modules', 'node', 'bin', 'node')
    if (fs.existsSync(candidate)) return candidate
    if (path.dirname(folder) === folder) return null
  }
}
