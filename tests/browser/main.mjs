// Starts one browser and the partnerships that a third of the tests looks at, runs its tests in
// order, ends all that it started:  main.mjs information|children|pages
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { newFolder, run, startBrowser, startServer, stopBrowser } from './support.mjs'
import { story } from './story.mjs'
import { referral } from './referral.mjs'
import { access } from './access.mjs'
import { forms } from './forms.mjs'
import { hostile } from './hostile.mjs'
import { sown } from './sown.mjs'
import { imports } from './imports.mjs'
import { organisation } from './organisation.mjs'
import { accounts, addAdministrator } from './accounts.mjs'
import { guide, pages } from './pages.mjs'
import { calls } from './calls.mjs'
import { children } from './children.mjs'
import { desk } from './desk.mjs'
import { missing } from './missing.mjs'
import { directories } from './directory.mjs'
import { signsAndFields } from './signs.mjs'
import { keyboard } from './keyboard.mjs'
import { network } from './network.mjs'
import { map, startTiles, tiled } from './map.mjs'
import { patterns } from './patterns.mjs'
import { meeting } from './meeting.mjs'
import { forum } from './forum.mjs'
import { grading } from './grading.mjs'
import { forward } from './forward.mjs'
import { way } from './way.mjs'
import { linkReport } from './report.mjs'

// A partnership where hardly anything happened yet but the story.
function addPeople (folder) {
  const people = [
    ['school@example.org', 'Tamsin Hale', 'Porth Academy', 'education', 'practitioner'],
    ['hotel@example.org', 'Jory Penn', 'Harbour Lodge', 'business', 'practitioner'],
    ['school-lead@example.org', 'Morwenna Pell', 'Porth Academy', 'education', 'representative'],
    ['hotel-lead@example.org', 'Denzil Rowe', 'Harbour Lodge', 'business', 'representative'],
    ['police@example.org', 'Kerensa Vane', 'Analysis team', 'police', 'analyst']
  ]
  for (const [email, name, organisation, sector, role] of people)
    run(folder, ['user', 'add', '--email', email, '--name', name, '--organisation', organisation,
      '--sector', sector, '--forum', 'mid', '--role', role], 'three words for trying\n')
}

const small = {}
const demo = {}
const real = {} // not made up: with second steps
let tiles

async function startSmall () {
  small.folder = newFolder()
  addPeople(small.folder)
  tiles = await startTiles()
  Object.assign(small, await startServer(small.folder, ['demo', '--reports', '1', '--map-credit', 'Made <by> us',
    '--map-tiles', tiles.address + '/{z}/{x}/{y}.png']), { others: [tiles.address] })
}

async function startReal () {
  real.folder = newFolder()
  const link = addAdministrator(real.folder)
  Object.assign(real, await startServer(real.folder, ['serve']), { link })
  real.address = real.address.replace('127.0.0.1', 'localhost') // passkeys want a name
}

// Three thirds that know nothing of each other, each with a made-up partnership of its own.
const thirds = {
  information: {
    start: startSmall,
    tests: [() => story(small), () => forms(demo), () => imports(demo), () => network(demo), () => map(demo),
      () => tiled(small, tiles), () => patterns(demo), () => access(demo), () => hostile(demo), () => forum(demo),
      () => grading(demo), () => forward(demo), () => way(), () => linkReport(), () => sown()]
  },
  children: {
    start: startReal,
    tests: [() => referral(demo), () => accounts(real), () => calls(demo), () => desk(demo), () => meeting(demo),
      () => children(demo), () => missing(demo), () => directories(), () => signsAndFields(demo),
      () => keyboard(demo), () => organisation()]
  },
  pages: {
    tests: [() => pages(demo), () => guide()]
  }
}
const third = thirds[process.argv[2]]

let started = false
await test('a browser and two partnerships start', async () => {
  assert.ok(third, 'which third? ' + Object.keys(thirds).join(' or '))
  await startBrowser()
  await third.start?.()
  Object.assign(demo, await startServer(newFolder(), ['demo', '--reports', '300']))
  started = true
})
for (const tests of started ? third.tests : []) await tests()
await test('the servers end as they should', async () => {
  await stopBrowser()
  await tiles?.stop()
  for (const server of [small, demo, real]) if (server.stop) assert.equal(await server.stop(), 0)
})
