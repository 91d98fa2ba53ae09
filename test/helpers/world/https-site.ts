import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { execa } from 'execa'

/** One request that reached the site: `GET https://api.example.com/healthz`. */
export type SeenRequest = string

export interface HttpsSite {
  readonly port: number
  requests(): SeenRequest[]
  close(): Promise<void>
}

/**
 * A real TLS server on loopback that answers for any number of hosts. A `.curlrc` in the given HOME leads every
 * connection of a real curl to it and trusts its certificate, so that a runbook's own `https://` addresses work as written.
 */
export async function startHttpsSite(root: string, home: string, hosts: readonly string[]): Promise<HttpsSite> {
  const { key, cert } = await selfSigned(root, hosts)
  const seen: SeenRequest[] = []
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
    seen.push(`${request.method} https://${request.headers.host}${request.url}`)
    response.setHeader('content-type', 'application/json')
    response.end(request.method === 'HEAD' ? undefined : '{"status":"ok"}\n')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  writeFileSync(join(home, '.curlrc'), `connect-to = "::127.0.0.1:${port}"\ncacert = "${cert}"\n`)
  return { port, requests: () => [...seen], close: () => closed(server) }
}

async function selfSigned(root: string, hosts: readonly string[]): Promise<{ key: string; cert: string }> {
  const key = join(root, 'site.key')
  const cert = join(root, 'site.pem')
  const names = hosts.map(host => `DNS:${host}`).join(',')
  await execa(
    'openssl',
    // biome-ignore format: one line reads as the command it is
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=site', '-addext', `subjectAltName=${names}`, '-keyout', key, '-out', cert],
  )
  return { key, cert }
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise<void>(resolve => server.close(() => resolve()))
}
