// The network chart with Cytoscape: grows by a click, with a slider over what was known when.
// The drawing that the server made stays there, one button away, with its links; so do the
// tables. Positions are the server's, so that five hundred are laid out at once; its page holds
// them, so that nothing is asked for twice.
import cytoscape from './cytoscape.js'

const shapes = { person: 'ellipse', vehicle: 'rectangle', phone: 'round-rectangle', account: 'diamond', place: 'hexagon' }
const sizes = { person: [32, 32], vehicle: [40, 24], phone: [22, 36], account: [38, 38], place: [36, 34] }
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'Europe/London' })

function make (tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties)
  element.append(...children)
  return element
}

function button (words, action) {
  const element = make('button', { type: 'button', className: 'govuk-button govuk-button--secondary pendeen-small-button' }, words)
  element.addEventListener('click', action)
  return element
}

// A canvas knows nothing of forced colours: text, lines and outlines take those of the page.
function inks () {
  if (!matchMedia('(forced-colors: active)').matches) return { ink: '#0b0c0c', paper: '#fbfcfc', line: '#8a9499', edge: '#ffffff', said: '#4c2c92', way: '#d4351c', halo: '#ffd166' }
  const { color: ink, backgroundColor: paper } = getComputedStyle(document.body)
  return { ink, paper, line: ink, edge: ink, said: ink, way: getComputedStyle(document.querySelector('a')).color, halo: paper }
}

function styles () {
  const colour = (kind) => getComputedStyle(document.documentElement).getPropertyValue(`--${kind}`).trim() || '#505a5f'
  const { ink, paper, line, edge, said, way, halo } = inks()
  return [
    { selector: 'node', style: { color: ink, label: 'data(caption)', 'font-size': 12, 'font-family': 'Arial, sans-serif', 'text-valign': 'bottom', 'text-margin-y': 4, 'text-wrap': 'ellipsis', 'text-max-width': 150, 'text-outline-color': paper, 'text-outline-width': 2, 'min-zoomed-font-size': 9, 'border-width': 2, 'border-color': edge } },
    ...Object.keys(shapes).map((kind) => ({ selector: `node[kind="${kind}"]`, style: { shape: shapes[kind], width: sizes[kind][0], height: sizes[kind][1], 'background-color': colour(kind) } })),
    { selector: 'node[font]', style: { 'font-size': 'data(font)', 'text-max-width': 'data(room)' } },
    { selector: 'node[?crowd]', style: { 'min-zoomed-font-size': 13 } },
    { selector: 'node[?named]', style: { 'font-weight': 'bold', 'min-zoomed-font-size': 7, 'z-index': 10 } },
    { selector: 'node[?seed]', style: { 'border-color': ink, 'border-width': 4, 'underlay-color': halo, 'underlay-opacity': 1, 'underlay-padding': 7 } },
    { selector: 'node[?way]', style: { 'border-color': way, 'border-width': 5 } },
    { selector: 'edge', style: { width: 'mapData(strength, 1, 4, 1.5, 7)', 'line-color': line, 'curve-style': 'haystack', 'haystack-radius': 0 } },
    { selector: 'edge[strength > 1]', style: { label: 'data(strength)', 'font-size': 12, 'font-weight': 'bold', color: ink, 'text-outline-color': paper, 'text-outline-width': 3 } },
    { selector: 'edge[pair]', style: { 'line-style': 'dashed', width: 2 } },
    { selector: 'edge[?said]', style: { 'line-color': said } },
    { selector: 'edge[?way]', style: { 'line-color': way, width: 5 } },
    { selector: ':selected', style: { 'border-color': ink, 'border-width': 5, 'line-color': ink } },
    { selector: '.later', style: { display: 'none' } }
  ]
}

const isCrowd = (data) => data.nodes.length > 80

function elements (data) {
  // In a crowd a name is what comes before the first comma: a plate, a number.
  const caption = (node) => isCrowd(data) ? node.title.split(',')[0] : `${node.letter} · ${node.title}`
  return {
    nodes: data.nodes.map((node) => ({
      data: { ...node, id: `n${node.id}`, caption: caption(node), crowd: isCrowd(data), named: node.seed || node.open || node.way || node.broker },
      position: { x: node.x, y: node.y }
    })),
    edges: data.edges.map((edge) => ({
      data: { ...edge, id: `e${edge.a}-${edge.b}`, source: `n${edge.a}`, target: `n${edge.b}`, strength: Math.max(1, edge.origins) }
    }))
  }
}

const held = (main) => JSON.parse(main.querySelector('[data-pendeen-chart] template').content.textContent)

// The page of another chart.
async function load (address) {
  const answer = await fetch(address)
  if (!answer.ok) throw new Error(String(answer.status))
  return new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('main')
}

// What stands around the chart, the tables and what is taken along, is of the same.
function renew (frame, fresh) {
  const drawn = fresh.querySelector('[data-pendeen-chart]')
  const picture = frame.querySelector('svg')
  picture.setAttribute('viewBox', drawn.querySelector('svg').getAttribute('viewBox'))
  picture.replaceChildren(...drawn.querySelector('svg').childNodes)
  for (const child of [...frame.parentNode.childNodes]) if (child !== frame) child.remove()
  let behind = false
  for (const child of [...fresh.childNodes]) {
    if (child === drawn) behind = true
    else if (behind) frame.parentNode.append(child)
    else frame.before(child)
  }
  frame.dispatchEvent(new CustomEvent('pendeen:renewed', { bubbles: true }))
}

export function draw (frame) {
  let data = held(document)
  const began = performance.now()
  const drawn = [...frame.children].filter((element) => element.tagName !== 'TEMPLATE')
  const stage = make('div', { className: 'pendeen-stage' })
  stage.setAttribute('role', 'img')
  stage.setAttribute('aria-label', 'Network chart. The same stands in the tables below, and in the plain drawing.')
  const told = make('div', { className: 'pendeen-stage__told govuk-body', id: 'chart-told' })
  told.setAttribute('role', 'status')
  told.tabIndex = -1
  const range = make('input', { type: 'range', id: 'chart-until', step: 86400000 })
  const said = make('output', { htmlFor: 'chart-until', className: 'govuk-body govuk-!-margin-bottom-0' })
  const slider = make('div', { className: 'pendeen-stage__slider' },
    make('label', { htmlFor: 'chart-until', className: 'govuk-label govuk-!-margin-bottom-0' }, 'As it was known on'), range, said)
  const chart = cytoscape({ container: stage, elements: elements(data), style: styles(), layout: { name: 'preset', fit: true, padding: 30 }, minZoom: 0.1, maxZoom: 4, textureOnViewport: true, hideEdgesOnViewport: data.edges.length > 800 })

  // Names are read at any size; in a crowd, of those that one has to find.
  const size = () => {
    const zoom = chart.zoom()
    const crowd = isCrowd(data)
    chart.batch(() => chart.nodes().forEach((node) => {
      const named = node.data('named')
      const font = Math.round(Math.max(12, named ? Math.min(30, 12 / zoom) : crowd ? 12 : Math.min(16, 11 / zoom)))
      if (font !== node.data('font')) node.data({ font, room: font * (crowd ? 6 : named ? 14 : 11) })
    }))
  }
  // The drawing of the server is as wide as a page; here it is as wide as there is room, and a few
  // are drawn together until all are seen.
  let wider = 1
  const spread = () => {
    const least = data.nodes.length <= 9 ? 0.4 : 0.9
    wider = Math.min(3, Math.max(least, stage.clientWidth / stage.clientHeight * data.height / data.width))
    chart.nodes().positions((node) => ({ x: node.data('x') * wider, y: node.data('y') }))
  }
  // The whole, or on a small screen as much around where it starts as can be read.
  const frameAll = () => {
    chart.fit(undefined, 30)
    if (chart.zoom() < 0.5 && data.nodes.length <= 80) {
      chart.zoom(0.6)
      chart.center(chart.nodes('[?seed]').first())
    }
  }
  const hint = () => told.replaceChildren(make('p', { className: 'govuk-hint' }, 'Choose one to see what it is and to show what else it is named with.'))
  const setRange = () => {
    const first = data.first - data.first % 86400000
    range.min = first
    range.max = first + 86400000 * Math.ceil((data.last - first) / 86400000 + 1)
    range.value = range.max
    slider.hidden = !data.first
    said.textContent = 'now'
  }
  const showUntil = () => {
    const until = Number(range.value)
    const all = until >= Number(range.max)
    said.textContent = all ? 'now' : day.format(until)
    range.setAttribute('aria-valuetext', said.textContent)
    chart.batch(() => {
      chart.nodes().forEach((node) => node.toggleClass('later', !all && (node.data('known') || Infinity) > until))
      chart.edges().forEach((edge) => {
        if (edge.data('pair')) return
        const known = edge.data('known').length ? edge.data('known').filter((at) => all || at <= until).length : 1
        edge.toggleClass('later', !all && known === 0)
        edge.data('strength', Math.max(1, Math.min(edge.data('origins'), known)))
      })
    })
  }
  const tell = (node, ...first) => {
    const actions = make('p', { className: 'pendeen-actions' }, make('a', { className: 'govuk-link', href: node.record }, 'Open the record'))
    const seed = data.nodes.find((other) => other.seed)
    if (seed && !node.seed) {
      const way = `/network?from=${seed.id}&to=${node.id.slice(1)}`
      actions.append(' ', make('a', { className: 'govuk-link', href: way }, `How is it connected to “${seed.title}”?`))
    }
    if (!node.open && !data.full) actions.prepend(button('Show what it is named with', () => grow(node.id)), ' ')
    told.replaceChildren(...first, make('p', {}, make('strong', {}, node.title), node.broker ? ', which connects others here' : ''), actions)
    if (node.folded) told.append(make('p', { className: 'govuk-hint' }, `${node.folded} more that it is named with are folded away.`))
    if (!node.open && data.full) told.append(make('p', { className: 'govuk-hint' }, 'No more can be opened in one chart. Start another from its record.'))
  }
  // From where they stood, so that the eye can follow; new ones from what was opened.
  const move = (before, from) => {
    if (data.nodes.length > 150 || matchMedia('(prefers-reduced-motion: reduce)').matches) return
    chart.nodes().forEach((node) => {
      const to = { ...node.position() }
      node.position(before.get(node.id()) ?? from)
      node.animate({ position: to }, { duration: 400 })
    })
  }
  const grow = async (id) => {
    const where = new URL(data.page, location.href)
    const open = where.searchParams.get('open')
    where.searchParams.set('open', (open ? open + ',' : '') + id.slice(1))
    told.replaceChildren(make('p', {}, 'Fetching more…'))
    try {
      const fresh = await load(where)
      data = held(fresh)
      renew(frame, fresh)
    } catch {
      told.replaceChildren(make('p', {}, 'That did not work. Please reload the page and try again.'))
      return
    }
    const count = chart.nodes().length
    const before = new Map(chart.nodes().map((node) => [node.id(), { ...node.position() }]))
    chart.batch(() => {
      chart.elements().remove()
      chart.add(elements(data))
    })
    spread()
    frameAll()
    size()
    move(before, before.get(id))
    history.pushState(null, '', data.page)
    frame.dataset.drawn = String(data.nodes.length)
    setRange()
    const more = data.nodes.length - count
    tell(chart.getElementById(id).data(), make('p', {}, more > 0 ? `${more} more are shown, ${data.nodes.length} in all.` : 'It is named with nothing else that is not shown.'))
    told.focus()
  }
  // The way back is to what was there before.
  window.addEventListener('popstate', () => location.reload())
  chart.on('tap', 'node', (event) => tell(event.target.data()))
  chart.on('tap', 'edge', (event) => {
    const edge = event.target.data()
    const words = make('p', {}, edge.label)
    if (edge.pair) words.append(' ', make('a', { className: 'govuk-link', href: edge.pair }, 'See why'))
    told.replaceChildren(words)
  })
  chart.on('tap', (event) => { if (event.target === chart) hint() })
  range.addEventListener('input', showUntil)

  // A view that is kept is kept as it stands here.
  frame.parentNode.addEventListener('submit', (event) => {
    if (!event.target.matches('[data-pendeen-positions]')) return
    event.target.elements.positions.value = chart.nodes().map((node) => `${node.id().slice(1)}:${(node.position('x') / wider).toFixed(1)},${node.position('y').toFixed(1)}`).join(';')
  })

  let plain = false
  const swap = button('Plain drawing', () => {
    plain = !plain
    drawn.forEach((element) => element.toggleAttribute('hidden', !plain && element.tagName !== 'FIGCAPTION'))
    for (const element of [stage, told, moving, picture]) element.hidden = plain
    slider.hidden = plain || !data.first
    swap.textContent = plain ? 'Chart that moves' : 'Plain drawing'
    if (!plain) chart.resize()
  })
  const picture = button('Picture (PNG)', () => {
    const link = make('a', { href: chart.png({ full: true, scale: 2, bg: inks().paper }), download: 'pendeen-network.png' })
    link.click()
  })
  const moving = make('div', { className: 'pendeen-tools__part' },
    button('Larger', () => chart.zoom({ level: chart.zoom() * 1.25, renderedPosition: { x: chart.width() / 2, y: chart.height() / 2 } })),
    button('Smaller', () => chart.zoom({ level: chart.zoom() * 0.8, renderedPosition: { x: chart.width() / 2, y: chart.height() / 2 } })),
    button('Whole', () => chart.fit(undefined, 30)))
  const tools = make('div', { className: 'pendeen-tools' }, moving, swap, picture)
  if (document.fullscreenEnabled) {
    tools.append(button('Fill the screen', () => document.fullscreenElement ? document.exitFullscreen() : frame.requestFullscreen()))
    frame.addEventListener('fullscreenchange', () => {
      tools.lastChild.textContent = document.fullscreenElement ? 'Back to the page' : 'Fill the screen'
      chart.resize()
      spread()
      frameAll()
    })
  }
  drawn.forEach((element) => element.toggleAttribute('hidden', element.tagName !== 'FIGCAPTION')) // a drawing has no .hidden
  frame.prepend(tools, stage, told, slider)
  chart.resize()
  spread()
  frameAll()
  size()
  let sizing = 0
  chart.on('zoom', () => {
    cancelAnimationFrame(sizing)
    sizing = requestAnimationFrame(size)
  })
  hint()
  setRange()
  performance.measure('chart drawn', { start: began }) // for bench/chart.mjs
  frame.dataset.drawn = String(data.nodes.length)
}
