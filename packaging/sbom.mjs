// What is in the program and what it loads, as SPDX 2.3:  node packaging/sbom.mjs PROGRAM
// From the program itself (the libraries that it loads, and the Debian packages they are of)
// and assets/package-lock.json (what is compiled in). The time is SOURCE_DATE_EPOCH.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, realpathSync } from 'node:fs'

const program = process.argv[2]
const run = (command, ...words) => execFileSync(command, words, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } })
const version = run(program, 'version').match(/^pendeen (\S+)/)[1]
const identifier = (text) => `SPDXRef-${text.replace(/[^A-Za-z0-9.]+/g, '-')}`

const self = {
  SPDXID: 'SPDXRef-pendeen',
  name: 'pendeen',
  versionInfo: version,
  supplier: 'Organization: The Pendeen developers',
  downloadLocation: 'NOASSERTION',
  filesAnalyzed: false,
  licenseDeclared: 'MIT',
  licenseConcluded: 'MIT',
  copyrightText: 'Copyright (c) 2026 The Pendeen developers',
  primaryPackagePurpose: 'APPLICATION',
  checksums: [{ algorithm: 'SHA256', checksumValue: createHash('sha256').update(readFileSync(program)).digest('hex') }]
}

// Libraries: a file of dpkg's list may be named with or without /usr.
const libraries = [...run('ldd', program).matchAll(/=> (\/\S+)/g)].map((found) => realpathSync(found[1]))
const owners = new Set()
for (const file of libraries) {
  for (const name of [file, file.replace(/^\/usr/, '')]) {
    try {
      owners.add(run('dpkg-query', '-S', name).split(': ')[0])
      break
    } catch { /* not by this name */ }
  }
}
const debian = [...owners].sort().map((owner) => {
  const [name, release, source] = run('dpkg-query', '-W', '-f', '${Package}\t${Version}\t${source:Package}', owner).split('\t')
  return {
    SPDXID: identifier(`deb-${name}`),
    name,
    versionInfo: release,
    supplier: 'Organization: Debian',
    downloadLocation: 'NOASSERTION',
    filesAnalyzed: false,
    licenseDeclared: 'NOASSERTION',
    licenseConcluded: 'NOASSERTION',
    copyrightText: 'NOASSERTION',
    sourceInfo: `built from Debian source package ${source}`,
    externalRefs: [{
      referenceCategory: 'PACKAGE-MANAGER',
      referenceType: 'purl',
      referenceLocator: `pkg:deb/debian/${name}@${encodeURIComponent(release)}`
    }]
  }
})

const lock = JSON.parse(readFileSync(new URL('../assets/package-lock.json', import.meta.url), 'utf8'))
const npm = Object.entries(lock.packages).filter(([path]) => path).map(([path, each]) => {
  const name = path.replace(/^.*node_modules\//, '')
  return {
    SPDXID: identifier(`npm-${name}`),
    name,
    versionInfo: each.version,
    supplier: 'NOASSERTION',
    downloadLocation: 'NOASSERTION',
    filesAnalyzed: false,
    licenseDeclared: each.license ?? 'NOASSERTION',
    licenseConcluded: 'NOASSERTION',
    copyrightText: 'NOASSERTION',
    checksums: [{ algorithm: 'SHA512', checksumValue: Buffer.from(each.integrity.replace(/^sha512-/, ''), 'base64').toString('hex') }],
    externalRefs: [{
      referenceCategory: 'PACKAGE-MANAGER',
      referenceType: 'purl',
      referenceLocator: `pkg:npm/${name.replace('@', '%40')}@${each.version}`
    }]
  }
}).sort((a, b) => (a.name < b.name ? -1 : 1))

const packages = [self, ...debian, ...npm]
const time = new Date(1000 * Number(process.env.SOURCE_DATE_EPOCH ?? Math.floor(Date.now() / 1000)))
process.stdout.write(JSON.stringify({
  spdxVersion: 'SPDX-2.3',
  dataLicense: 'CC0-1.0',
  SPDXID: 'SPDXRef-DOCUMENT',
  name: `pendeen-${version}`,
  documentNamespace: `https://pendeen.example.org/spdx/pendeen-${version}-${self.checksums[0].checksumValue.slice(0, 16)}`,
  creationInfo: { created: time.toISOString().replace('.000Z', 'Z'), creators: ['Tool: packaging/sbom.mjs'] },
  packages,
  relationships: [
    { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: self.SPDXID },
    ...debian.map((each) => ({ spdxElementId: self.SPDXID, relationshipType: 'DEPENDS_ON', relatedSpdxElement: each.SPDXID })),
    ...npm.map((each) => ({ spdxElementId: self.SPDXID, relationshipType: 'CONTAINS', relatedSpdxElement: each.SPDXID }))
  ]
}, null, 1) + '\n')
