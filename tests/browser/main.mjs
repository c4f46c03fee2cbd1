// Starts one browser and the partnerships that the tests look at, runs every test
// in order, ends all that it started.
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

let started = false
let tiles
const small = { folder: newFolder() }
const demo = { folder: newFolder() }
const real = { folder: newFolder() } // not made up: with second steps

await test('a browser and two partnerships start', async () => {
  await startBrowser()
  addPeople(small.folder)
  tiles = await startTiles()
  Object.assign(small, await startServer(small.folder, ['demo', '--reports', '1', '--map-credit', 'Made <by> us',
    '--map-tiles', tiles.address + '/{z}/{x}/{y}.png']), { others: [tiles.address] })
  Object.assign(demo, await startServer(demo.folder, ['demo', '--reports', '300']))
  const link = addAdministrator(real.folder)
  Object.assign(real, await startServer(real.folder, ['serve']), { link })
  real.address = real.address.replace('127.0.0.1', 'localhost') // passkeys want a name
  started = true
})
if (started) await referral(demo)
for (const tests of started ? [() => story(small), () => forms(demo), () => imports(demo), () => network(demo), () => map(demo), () => tiled(small, tiles), () => patterns(demo), () => access(demo),
  () => hostile(demo), () => forum(demo), () => grading(demo), () => forward(demo), () => way(), () => sown(), () => accounts(real), () => calls(demo), () => desk(demo), () => meeting(demo),
  () => children(demo), () => missing(demo), () => directories(), () => signsAndFields(demo), () => keyboard(demo), () => pages(demo), () => organisation()] : [])
  await tests()
await guide()
await test('the servers end as they should', async () => {
  await stopBrowser()
  await tiles?.stop()
  assert.equal(await small.stop?.(), 0)
  assert.equal(await demo.stop?.(), 0)
  assert.equal(await real.stop?.(), 0)
})
