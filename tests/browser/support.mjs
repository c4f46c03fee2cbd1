// What the browser tests share: the program on a data folder of its own, the
// browser, pages that note whatever the browser complains of, signing in, axe.
import { execFileSync, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import assert from 'node:assert/strict'
import { chromium } from 'playwright-core'

export const root = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../..')
const program = join(process.env.PENDEEN_BUILD ?? join(root, 'build'), 'pendeen')
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export const WIDE = { width: 1280, height: 900 }
export const NARROW = { width: 375, height: 720 }
export const PASSWORD = 'three words for trying'

// --- the program -------------------------------------------------------------

export function newFolder () {
  return mkdtempSync(join(tmpdir(), 'pendeen-browser-'))
}

// Of what needs no data folder.
export function runAlone (words) {
  return execFileSync(program, words, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

export function run (folder, words, input) {
  return execFileSync(program, [...words, '--data', folder], { cwd: root, input, encoding: 'utf8' })
}

// Starts `pendeen serve` or `pendeen demo`; resolves when it says where it is.
export async function startServer (folder, words, port = 0) {
  const child = spawn(program, [...words, '--data', folder, '--port', String(port)],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  const end = () => child.kill()
  process.on('exit', end) // however this ends
  let said = ''
  const address = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the server did not start:\n' + said)), 180000)
    const listen = (part) => {
      said += part
      const found = said.match(/http:\/\/127\.0\.0\.1:\d+/)
      if (!found) return
      clearTimeout(timer)
      resolve(found[0])
    }
    child.stdout.on('data', listen)
    child.stderr.on('data', listen)
    child.on('exit', (code) => {
      clearTimeout(timer)
      reject(new Error(`the server ended with ${code}:\n${said}`))
    })
  })
  const ended = new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal)))
  child.on('exit', () => process.off('exit', end))
  return {
    address,
    folder,
    // Ends it as Ctrl-C does; answers its exit code.
    async stop () {
      child.kill('SIGTERM')
      const code = await ended
      rmSync(folder, { recursive: true, force: true })
      return code
    }
  }
}

// --- the browser -----------------------------------------------------------------

let browser
export async function startBrowser () {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync']
  })
}

export async function stopBrowser () {
  await browser?.close()
}

// What a page may not do: throw, log an error, break the content security policy,
// or ask another host for anything.
function watch (page, complaints) {
  page.on('pageerror', (error) => complaints.push('script: ' + error.message))
  page.on('console', (message) => {
    // A reply of 400 is logged as an error too; tests look at those themselves.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push('console: ' + message.text())
  })
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText
    if (why !== 'net::ERR_ABORTED') complaints.push(`request: ${request.url()} ${why}`)
  })
}

export async function signInAt (page, email) {
  await page.goto('/sign-in')
  await page.getByLabel('Email address').fill(email)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Sign out' }).waitFor()
}

// A visitor: a browser context of one's own.  Give `server` and use `visitor.page`;
// at the end `leave()`, which fails when the browser complained of anything.
export async function visit (server, options = {}) {
  const context = await browser.newContext({
    baseURL: server.address, viewport: WIDE, locale: 'en-GB', timezoneId: 'Europe/London',
    reducedMotion: 'reduce', ...options
  })
  context.setDefaultTimeout(20000)
  const complaints = []
  await context.route((url) => url.origin !== server.address && !server.others?.includes(url.origin), (route) => {
    complaints.push('another host: ' + route.request().url())
    return route.abort()
  })
  const page = await context.newPage()
  watch(page, complaints)
  return {
    page,
    context,
    // Signing in too often is refused, so a session is shared by the visitors of one person,
    // for as long as no sensitive act asks again who it is.
    async signIn (email) {
      server.sessions ??= new Map()
      const kept = server.sessions.get(email)
      if (kept && Date.now() - kept.at < 6 * 60 * 1000) {
        await context.addCookies(kept.cookies)
        return
      }
      const at = Date.now()
      await signInAt(page, email)
      server.sessions.set(email, { at, cookies: await context.cookies() })
    },
    async leave () {
      await context.close()
      assert.deepEqual(complaints, [], 'the browser complained')
    }
  }
}

// --- looking -------------------------------------------------------------------------

// A click answers when the next page has begun: what asks how it looks, or for all it says,
// waits for the rest of it and for its style sheet first.
export async function loaded (page) {
  await page.waitForLoadState('load')
}

// What the page says, whole: asked of a page that has only begun, a part of it would answer.
// `shown`: as it is shown, without what is folded away.
export async function mainText (page, shown = false) {
  await loaded(page)
  return shown ? page.locator('main').innerText() : page.locator('main').textContent()
}

// All rules of axe.  Contrast takes half of its time: no style sheet has other colours on a phone, so that who
// looked at the same page wide leaves it out there.
export async function checkAccessibility (page, what, { contrast = true } = {}) {
  await loaded(page)
  if (!await page.evaluate('typeof axe !== "undefined"')) await page.evaluate(axeSource)
  const { violations } = await page.evaluate((enabled) => globalThis.axe.run(document,
    { resultTypes: ['violations'], rules: { 'color-contrast': { enabled } } }), contrast)
  const told = violations.map((violation) => `${violation.id}: ${violation.help}\n    ` +
    violation.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join('\n    '))
  assert.equal(told.length, 0, `axe on ${what}:\n  ${told.join('\n  ')}`)
  const wrong = await page.locator('.govuk-error-summary').count() > 0
  assert.equal((await page.title()).startsWith('Error: '), wrong, `the title of ${what} says whether there is a problem`)
}

// What is wide by its nature, and has the same as a list or a table: pictures of an analyst.
const WIDE_BY_NATURE = '.pendeen-timeline, .pendeen-lanes'

// Nothing hangs over the right edge: pages scroll down, not sideways, and of their parts only what
// cannot be otherwise.
export async function checkFits (page, what) {
  await loaded(page)
  const over = await page.evaluate(() => {
    const width = document.documentElement.clientWidth
    if (document.documentElement.scrollWidth <= width) return null
    return [...document.querySelectorAll('main *, header *, footer *')]
      .filter((element) => element.getBoundingClientRect().right > width + 1 &&
        !element.closest('.pendeen-scroll, .pendeen-network-frame, .govuk-visually-hidden'))
      .slice(0, 3).map((element) => element.outerHTML.slice(0, 120))
  })
  assert.equal(over, null, `${what} is wider than the window: ${over}`)
  const sideways = await page.evaluate((natural) => [...document.querySelectorAll('.pendeen-scroll')]
    .filter((part) => part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0 && !part.querySelector(natural))
    .map((part) => part.outerHTML.slice(0, 160)), WIDE_BY_NATURE)
  assert.deepEqual(sideways, [], `${what} has a part that scrolls sideways`)
}

// This page: axe, wide and at 375 pixels, nothing over the edge.  Not without JavaScript: axe is a script.
export async function look (page, what) {
  for (const [size, viewport] of [['wide', WIDE], ['at 375 pixels', NARROW]]) {
    await page.setViewportSize(viewport)
    await checkFits(page, `${what}, ${size}`)
    await checkAccessibility(page, `${what}, ${size}`, { contrast: viewport === WIDE })
  }
  await page.setViewportSize(WIDE)
}

// Each of these pages, as this person sees it.
export async function looked (server, email, paths) {
  const visitor = await visit(server)
  await visitor.signIn(email)
  for (const path of paths) {
    assert.equal((await visitor.page.goto(path)).status(), 200, path)
    await look(visitor.page, path)
  }
  await visitor.leave()
}

// Presses Tab until this, or one of these, has the focus, as somebody without a mouse does.
export async function tabTo (page, locator, most = 120) {
  for (let i = 0; i < most; i++) {
    await page.keyboard.press('Tab')
    if (await locator.evaluateAll((list) => list.includes(document.activeElement))) return
  }
  assert.fail('the keyboard does not reach ' + locator)
}

// What a PDF says to a visitor, by poppler's pdftotext; white space as one blank.
export async function wordsOfPdf (server, context, path) {
  const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ')
  const answer = await fetch(server.address + path, { headers: { cookie } })
  if (answer.headers.get('content-type') !== 'application/pdf')
    assert.fail(`${path}: ${answer.status} ${(await answer.text()).replace(/<[^>]*>|\s+/g, ' ').slice(0, 600)}`)
  const words = execFileSync('pdftotext', ['-enc', 'UTF-8', '-', '-'],
    { input: Buffer.from(await answer.arrayBuffer()), encoding: 'utf8' })
  return words.replace(/\s+/g, ' ')
}

// Every page of ours that the links of this page lead to, as paths.
export async function linksOf (page) {
  const links = await page.locator('a[href^="/"]').evaluateAll((list) =>
    list.map((link) => link.getAttribute('href')))
  return [...new Set(links)]
}

// For the guide: the page at a size that a reader of the guide can take in, from the top or from
// where `from` stands, or one part of it.  In as few colours as do not show: the guide is read over a
// slow line too.
export async function picture (page, name, { width = 1020, height = 640, part, from } = {}) {
  if (!process.env.PENDEEN_SCREENSHOTS) return
  await loaded(page)
  const before = page.viewportSize()
  await page.setViewportSize({ width, height })
  await page.mouse.move(0, 0)
  await (from ? page.locator(from).first().evaluate((one) => one.scrollIntoView()) : page.evaluate('scrollTo(0, 0)'))
  const path = join(root, 'docs/guide/images', name + '.png')
  await (part ? page.locator(part).first() : page).screenshot({ path })
  execFileSync('pngquant', ['--force', '--ext', '.png', '--speed', '1', '--strip', '64', '--', path])
  await page.setViewportSize(before)
}

// Opens what most reports name, of a kind: the list stands by time, and has pages.
export async function openMostNamed (page, kind) {
  const found = []
  await page.goto(`/entities?kind=${kind}`)
  for (;;) {
    found.push(...await page.locator('main tbody tr').evaluateAll((rows) => rows.map((row) =>
      ({ href: row.querySelector('a').getAttribute('href'), times: Number(row.lastElementChild.textContent) }))))
    const next = page.getByRole('link', { name: 'Next page' })
    if (await next.count() === 0) break
    await page.goto(await next.getAttribute('href'))
  }
  await page.goto(found.reduce((most, one) => one.times > most.times ? one : most).href)
}
