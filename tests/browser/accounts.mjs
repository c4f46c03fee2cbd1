// Accounts, in a partnership that is not for trying out: a link, a second step, people and
// organisations, passkeys by a virtual authenticator, confirming, sessions.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { checkFits, look, NARROW, picture, run, visit } from './support.mjs'

const ADMIN = 'jowan@example.org'
const ANALYST = 'kerensa@example.org'
const WORDS = 'a heron over tin'
const OTHER_WORDS = 'rope and tamarisk'

// The people who are there before anybody signs in; answers the administrator's link.
export function addAdministrator (folder) {
  return run(folder, ['user', 'invite', '--email', ADMIN, '--name', 'Jowan Reed', '--organisation',
    'The council', '--sector', 'council', '--forum', 'mid', '--role', 'administrator']).trim()
}

// The code that an app shows for the words under the QR code (RFC 6238).
function codeOf (words, later = 0) {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  let bits = ''
  for (const c of words.replace(/ /g, '')) bits += digits.indexOf(c).toString(2).padStart(5, '0')
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + later))
  const mac = createHmac('sha1', key).update(counter).digest()
  const at = mac[19] & 15
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, '0')
}

async function choosePassword (page, words) {
  await page.getByLabel('Password', { exact: true }).fill(words)
  await page.getByLabel('The same password again').fill(words)
  await page.getByRole('button', { name: 'Set password' }).click()
}

async function signIn (page, email, words) {
  await page.goto('/sign-in')
  await page.getByLabel('Email address').fill(email)
  await page.getByLabel('Password').fill(words)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

async function addAuthenticator (context, page) {
  const cdp = await context.newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true,
      isUserVerified: true, automaticPresenceSimulation: true
    }
  })
  return { cdp, authenticatorId }
}

// What opens SQLite's own file is skipped on PostgreSQL.
const needsSqlite = { skip: Boolean(process.env.PENDEEN_STORE) }
// Everybody's last confirmation was long ago.  The server keeps rows that it has read until
// something changes through it, so it is given a change.
let others = 0
function makeStale (folder) {
  execFileSync('sqlite3', [join(folder, 'pendeen.db'), '.timeout 5000', 'UPDATE session SET confirmed_at = 0'])
  run(folder, ['user', 'invite', '--email', `other${++others}@example.org`, '--name', 'Tamsyn Moor', '--organisation',
    'The council', '--sector', 'council', '--forum', 'mid', '--role', 'practitioner'])
}

export async function accounts (server) {
  const admin = await visit(server)
  let analyst
  let words
  let recovery
  let link

  await test('a link lets the first administrator choose a password', async () => {
    const { page } = admin
    await page.goto(server.link)
    await look(page, 'the link')
    await choosePassword(page, 'Password1234')
    await page.getByText('guessed first').waitFor()
    await choosePassword(page, WORDS)
    await page.getByRole('heading', { name: 'Hello, Jowan Reed' }).waitFor()
    const again = await visit(server)
    assert.equal((await again.page.goto(server.link)).status(), 404)
    await again.leave()
  })

  await test('who administers sets up a second step first: an app, by QR code', async () => {
    const { page } = admin
    await page.goto('/people')
    await page.getByText('One thing first').waitFor()
    await look(page, 'the account that needs a second step')
    await page.getByRole('button', { name: 'Set up an app' }).click()
    await page.getByRole('img', { name: /QR code/ }).waitFor()
    await look(page, 'setting up an app')
    await picture(page, 'app', { height: 760 })
    words = await page.locator('.pendeen-secret').textContent()
    await page.getByLabel('six digits').fill('000000')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByText('That code is not right').waitFor()
    await page.getByLabel('six digits').fill(codeOf(words))
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByText('shown now and never again').waitFor()
    await look(page, 'recovery codes')
    recovery = await page.locator('.pendeen-codes code').allTextContents()
    assert.equal(new Set(recovery).size, 10)
    await page.getByRole('link', { name: /continue/ }).click()
    await page.goto('/people')
    await page.getByRole('heading', { name: 'People', exact: true }).waitFor()
  })

  await test('an organisation and a person are added, and a link is made', async () => {
    const { page } = admin
    await page.goto('/organisations')
    await page.getByRole('button', { name: 'Add an organisation' }).click()
    await page.getByLabel('Name', { exact: true }).fill('Analysis team')
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByText('Choose what sort').first().waitFor()
    await page.getByText('Choose the forum').first().waitFor() // all that is wrong, at once
    await look(page, 'an organisation that was refused')
    assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Analysis team')
    await page.getByLabel('What sort is it?').selectOption({ label: 'Police' })
    await page.getByLabel('Forum').selectOption({ index: 2 })
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByText('The organisation was saved').waitFor()
    await look(page, 'an organisation')
    await page.goto('/people/new')
    await page.getByLabel('Name', { exact: true }).fill('Kerensa <b>Vane</b>')
    await page.getByLabel('Email address').fill(ANALYST)
    await page.getByLabel('Organisation').selectOption({ label: 'Analysis team' })
    await page.getByLabel('Administrator').check()
    await page.getByLabel('Analyst').check()
    await page.getByRole('button', { name: 'Add and make a link' }).click()
    await page.getByText('holds no other role').first().waitFor()
    await look(page, 'a person that was refused')
    await page.getByLabel('Administrator').uncheck()
    await page.getByLabel('Name', { exact: true }).fill('Kerensa Vane')
    await page.getByRole('button', { name: 'Add and make a link' }).click()
    link = await page.getByLabel('Link').inputValue()
    assert.match(link, /^http:\/\/localhost:\d+\/welcome\/[\w-]{43}$/)
    await look(page, 'the link, shown once')
    await page.getByRole('link', { name: /^Done/ }).click()
    await look(page, 'a person')
    await page.getByRole('button', { name: 'Give a seat' }).click()
    await page.getByRole('link', { name: 'Choose a forum' }).waitFor()
    const forum = page.getByLabel('Another forum')
    const seat = (await forum.locator('option').allTextContents())[1]
    await forum.selectOption(seat)
    await page.getByRole('button', { name: 'Give a seat' }).click()
    await page.getByText('The seat was given').waitFor()
    assert.ok(!(await forum.locator('option').allTextContents()).includes(seat), 'no seat twice')
    await look(page, 'a person with a seat')
    await page.getByRole('button', { name: `Take away the seat in the ${seat}` }).click()
    await page.getByText('The seat was taken away').waitFor()
    await page.goto('/people')
    await look(page, 'people')
    await picture(page, 'people')
  })

  await test('a passkey is set up and signs in, alone and as a second step', async () => {
    analyst = await visit(server)
    const { page, context } = analyst
    await addAuthenticator(context, page)
    await page.goto(link)
    await choosePassword(page, WORDS)
    await page.getByRole('heading', { name: 'Hello, Kerensa Vane' }).waitFor()
    await page.goto('/suggestions')
    await page.getByText('One thing first').waitFor()
    await page.getByLabel('Name of the new passkey').fill('laptop')
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await page.getByText('shown now and never again').waitFor()
    await page.goto('/suggestions')
    await page.getByRole('heading', { name: 'Suggestions' }).waitFor()
    await page.goto('/account')
    await page.locator('.pendeen-keys strong').getByText('laptop', { exact: true }).waitFor()
    await look(page, 'an account with a passkey')
    await picture(page, 'account', { height: 900 })
    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await page.goto('/sign-in?next=/entities')
    await look(page, 'signing in')
    await page.getByRole('button', { name: 'Use a passkey' }).click()
    await page.waitForURL('**/entities')
    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await signIn(page, ANALYST, WORDS)
    await page.getByRole('heading', { name: 'One more step' }).waitFor()
    await look(page, 'the second step')
    await page.getByRole('button', { name: 'Use a passkey' }).click()
    await page.getByRole('heading', { name: 'Hello, Kerensa Vane' }).waitFor()
  })

  await test('a sensitive act is confirmed by passkey, and what was typed goes on', needsSqlite, async () => {
    const { page } = analyst
    await page.goto('/account')
    makeStale(server.folder)
    await page.getByLabel('New name of laptop').fill('my laptop')
    await page.getByRole('button', { name: 'Rename laptop' }).click()
    await page.getByRole('heading', { name: 'Confirm that it is you' }).waitFor()
    await look(page, 'confirming')
    await page.getByRole('button', { name: 'Confirm with a passkey' }).click()
    await page.getByText('The passkey was renamed').waitFor()
    await page.locator('.pendeen-keys strong').getByText('my laptop', { exact: true }).waitFor()
  })

  await test('a sensitive act is confirmed by password and code', needsSqlite, async () => {
    const { page } = admin
    await page.goto('/people')
    await page.getByRole('link', { name: 'Jowan Reed', exact: true }).click()
    makeStale(server.folder)
    const day = new Date(Date.now() + 5 * 86400000).toISOString().slice(0, 10)
    await page.getByLabel('First day away').fill(day)
    await page.getByLabel('Last day away').fill(day)
    const option = await page.getByLabel('Who stands in').locator('option').allTextContents()
    assert.ok(!option.some((text) => text.startsWith('Kerensa')), 'only who has the same role')
    await page.goto('/people')
    await page.getByRole('link', { name: 'Kerensa Vane' }).click()
    await page.getByRole('button', { name: 'Make a link' }).click()
    await page.getByRole('heading', { name: 'Confirm that it is you' }).waitFor()
    await page.getByLabel('Password').fill('not this one at all')
    await page.getByLabel(/Code of your/).fill(codeOf(words, 1))
    await page.getByRole('button', { name: 'Confirm', exact: true }).click()
    await page.getByText('That is not your password').waitFor()
    await page.getByLabel('Password').fill(WORDS)
    await page.getByLabel(/Code of your/).fill(codeOf(words, 1))
    await page.getByRole('button', { name: 'Confirm', exact: true }).click()
    await page.getByRole('heading', { name: 'A link for Kerensa Vane' }).waitFor()
  })

  await test('one sees where one is signed in, and signs out elsewhere', async () => {
    const elsewhere = await visit(server, { javaScriptEnabled: false, viewport: NARROW })
    await signIn(elsewhere.page, ADMIN, WORDS)
    await elsewhere.page.getByLabel(/Code of your/).fill(recovery[0])
    await elsewhere.page.getByRole('button', { name: 'Continue' }).click()
    await elsewhere.page.getByRole('heading', { name: 'Hello, Jowan Reed' }).waitFor()
    await elsewhere.page.goto('/account')
    await elsewhere.page.getByText('Passkeys need JavaScript').waitFor()
    await elsewhere.page.getByText('9 are left').waitFor()
    await checkFits(elsewhere.page, 'the account without JavaScript')
    const { page } = admin
    await page.goto('/account')
    assert.equal(await page.locator('tbody tr').count(), 2)
    assert.equal(await page.locator('td[data-label=Browser]').getByText('Chrome on Linux').count(), 2)
    await page.getByRole('button', { name: 'Sign out everywhere else' }).click()
    await page.getByText('You are signed out everywhere else').waitFor()
    await elsewhere.page.goto('/people')
    await elsewhere.page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor()
    await elsewhere.leave()
  })

  await test('a password is changed by whoever knows it', async () => {
    const { page } = admin
    await page.goto('/account/password')
    await look(page, 'changing a password')
    await page.getByLabel('Password now').fill('not this one')
    await page.getByLabel('New password', { exact: true }).fill(OTHER_WORDS)
    await page.getByLabel('The same new password again').fill(OTHER_WORDS)
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('That is not your password').waitFor()
    await page.getByLabel('Password now').fill(WORDS)
    await page.getByLabel('New password', { exact: true }).fill(OTHER_WORDS)
    await page.getByLabel('The same new password again').fill(OTHER_WORDS)
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('Your password was changed').waitFor()
  })

  await test('a forgotten password is asked for, and the administrator sees it', async () => {
    const somebody = await visit(server)
    for (const email of [ANALYST, 'nobody@example.org']) {
      await somebody.page.goto('/sign-in')
      await somebody.page.getByRole('link', { name: /forgotten/ }).click()
      await look(somebody.page, 'asking for a link')
      await somebody.page.getByLabel('Email address').fill(email)
      await somebody.page.getByRole('button', { name: 'Ask for a link' }).click()
      await somebody.page.getByRole('heading', { name: 'Your administrator will see' }).waitFor()
    }
    await somebody.leave()
    await admin.page.goto('/people')
    assert.equal(await admin.page.getByText('asked for a new password').count(), 1)
  })

  await test('who is disabled is out at once', async () => {
    const { page } = admin
    await page.getByRole('link', { name: 'Kerensa Vane' }).click()
    await page.getByRole('button', { name: 'Disable the account' }).click()
    await page.getByText('The account is disabled').waitFor()
    await analyst.page.goto('/suggestions')
    await analyst.page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor()
    await analyst.page.getByRole('button', { name: 'Use a passkey' }).click()
    await analyst.page.getByText('not known here').waitFor()
  })

  await analyst?.leave()
  await admin.leave()
}
