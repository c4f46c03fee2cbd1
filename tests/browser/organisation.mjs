// Signing in by an organisation's own provider: glewlwyd, in the browser, under our policy
// headers, on another site (localhost) than ours (127.0.0.1).
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { look, newFolder, root, run, startServer, visit } from './support.mjs'

const BUTTON = 'Sign in with your council account'

async function freePort () {
  const server = createServer()
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function startProvider (returnAddress) {
  const child = spawn('python3', [join(root, 'tests/http/glewlwyd.py'), returnAddress],
    { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = new Promise((resolve) => child.on('exit', resolve))
  const said = await new Promise((resolve, reject) => {
    child.stdout.once('data', resolve)
    child.on('exit', () => reject(new Error('the provider did not start')))
  })
  return { ...JSON.parse(said), stop: () => { child.stdin.end(); return ended } }
}

async function start () {
  const folder = newFolder()
  const port = await freePort()
  const provider = await startProvider(`http://127.0.0.1:${port}/sign-in/return/council`)
  run(folder, ['user', 'add', '--email', 'amy.teacher@example.org', '--name', 'Amy Teacher', '--organisation',
    'Heron School', '--role', 'practitioner'], 'heron-lamp-42-quarry\n')
  writeFileSync(join(folder, 'secret'), provider.secret, { mode: 0o600 })
  writeFileSync(join(folder, 'oidc.txt'), `[this-site]\naddress = http://127.0.0.1:${port}\n` +
    `[council]\nlabel = ${BUTTON}\nissuer = ${provider.issuer}\nclient-id = ${provider.client}\n` +
    'client-secret-file = secret\nemail-domains = example.org\nscopes = openid\n')
  const server = await startServer(folder, ['serve'], port)
  server.others = [new URL(provider.issuer).origin]
  return { provider, server }
}

// Presses the button, and signs in on the provider's page.
async function signIn (page, provider, person) {
  await page.goto('/sign-in?next=%2Fshare')
  await page.getByRole('button', { name: BUTTON }).click()
  await page.waitForURL((url) => url.pathname === '/login.html')
  await page.getByLabel('User name').fill(person)
  await page.getByLabel('Password').fill(provider.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

export async function organisation () {
  let provider, server
  await test("an organisation's provider and a server start", async () => {
    ({ provider, server } = await start())
  })
  if (!server) return
  await test("a person signs in by their organisation's account, and out", async () => {
    const visitor = await visit(server)
    const { page } = visitor
    await page.goto('/sign-in')
    await look(page, 'the sign-in page with a provider')
    await signIn(page, provider, 'amy')
    await page.waitForURL(server.address + '/share')
    await page.getByText('Amy Teacher').waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'You are signed out of Pendeen' }).waitFor()
    await look(page, 'the page after signing out')
    await page.getByRole('button', { name: /^Sign out of localhost/ }).click()
    await page.waitForURL((url) => url.origin === server.others[0])
    await visitor.leave()
  })
  await test('somebody without an account is refused in plain words', async () => {
    const visitor = await visit(server)
    const { page } = visitor
    await signIn(page, provider, 'stranger')
    await page.getByRole('heading', { name: 'You could not be signed in' }).waitFor()
    await look(page, 'the refusal')
    await page.getByRole('link', { name: 'Try again' }).click()
    await page.getByRole('button', { name: BUTTON }).waitFor()
    await visitor.leave()
  })
  await test('the page on the way says where it leads, and leads there without scripts', async () => {
    const held = await visit(server)
    await held.context.route((url) => url.origin === server.others[0], (route) => route.abort('aborted'))
    await held.page.goto('/sign-in')
    await held.page.getByRole('button', { name: BUTTON }).click()
    await held.page.getByRole('heading', { name: /^Going to localhost/ }).waitFor()
    await look(held.page, 'the page on the way')
    await held.leave()
    const plain = await visit(server, { javaScriptEnabled: false })
    await plain.page.goto('/sign-in')
    await plain.page.getByRole('button', { name: BUTTON }).click()
    await plain.page.waitForURL((url) => url.pathname === '/login.html')
    await plain.leave()
  })
  await test("the provider's server and ours end as they should", async () => {
    assert.equal(await server.stop(), 0)
    assert.equal(await provider.stop(), 0)
  })
}
