// The network chart with Cytoscape: grows by a click, with a slider over what was known when.
// The drawing that the server made stays there, one button away, with its links; so do the
// tables. Positions are the server's, so that five hundred are laid out at once.
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
  if (!matchMedia('(forced-colors: active)').matches) return { ink: '#0b0c0c', paper: '#fbfcfc', line: '#8a9499', edge: '#ffffff', said: '#4c2c92', way: '#d4351c' }
  const { color: ink, backgroundColor: paper } = getComputedStyle(document.body)
  return { ink, paper, line: ink, edge: ink, said: ink, way: getComputedStyle(document.querySelector('a')).color }
}

function styles () {
  const colour = (kind) => getComputedStyle(document.documentElement).getPropertyValue(`--${kind}`).trim() || '#505a5f'
  const { ink, paper, line, edge, said, way } = inks()
  return [
    { selector: 'node', style: { color: ink, label: 'data(caption)', 'font-size': 12, 'font-family': 'Arial, sans-serif', 'text-valign': 'bottom', 'text-margin-y': 4, 'text-wrap': 'ellipsis', 'text-max-width': 150, 'text-outline-color': paper, 'text-outline-width': 2, 'min-zoomed-font-size': 8, 'border-width': 2, 'border-color': edge } },
    ...Object.keys(shapes).map((kind) => ({ selector: `node[kind="${kind}"]`, style: { shape: shapes[kind], width: sizes[kind][0], height: sizes[kind][1], 'background-color': colour(kind) } })),
    { selector: 'node[?seed]', style: { 'border-color': '#ffd166', 'border-width': 5 } },
    { selector: 'node[?way]', style: { 'border-color': way, 'border-width': 5 } },
    { selector: 'edge', style: { width: 'mapData(strength, 1, 4, 1.5, 7)', 'line-color': line, 'curve-style': 'straight' } },
    { selector: 'edge[strength > 1]', style: { label: 'data(strength)', 'font-size': 12, 'font-weight': 'bold', color: ink, 'text-outline-color': paper, 'text-outline-width': 3 } },
    { selector: 'edge[?suggested]', style: { 'line-style': 'dashed', width: 2 } },
    { selector: 'edge[?said]', style: { 'line-color': said } },
    { selector: 'edge[?way]', style: { 'line-color': way, width: 5 } },
    { selector: ':selected', style: { 'border-color': ink, 'border-width': 5, 'line-color': ink } },
    { selector: '.later', style: { display: 'none' } }
  ]
}

function elements (data) {
  return {
    nodes: data.nodes.map((node) => ({ data: { ...node, id: `n${node.id}`, caption: `${node.letter} · ${node.title}` }, position: { x: node.x, y: node.y } })),
    edges: data.edges.map((edge) => ({
      data: { ...edge, id: `e${edge.a}-${edge.b}`, source: `n${edge.a}`, target: `n${edge.b}`, strength: Math.max(1, edge.origins) }
    }))
  }
}

async function load (address) {
  const answer = await fetch(address, { headers: { Accept: 'application/json' } })
  if (!answer.ok) throw new Error(String(answer.status))
  return answer.json()
}

export async function draw (frame) {
  let data = await load(frame.dataset.pendeenChart)
  const began = performance.now()
  const drawn = [...frame.children]
  const stage = make('div', { className: 'pendeen-stage' })
  stage.setAttribute('role', 'img')
  stage.setAttribute('aria-label', 'Network chart. The same stands in the tables below, and in the plain drawing.')
  const told = make('div', { className: 'pendeen-stage__told govuk-body', id: 'chart-told' })
  told.setAttribute('role', 'status')
  const range = make('input', { type: 'range', id: 'chart-until', step: 86400000 })
  const said = make('output', { htmlFor: 'chart-until', className: 'govuk-body govuk-!-margin-bottom-0' })
  const slider = make('div', { className: 'pendeen-stage__slider' },
    make('label', { htmlFor: 'chart-until', className: 'govuk-label govuk-!-margin-bottom-0' }, 'As it was known on'), range, said)
  const chart = cytoscape({ container: stage, elements: elements(data), style: styles(), layout: { name: 'preset', fit: true, padding: 30 }, minZoom: 0.1, maxZoom: 4, textureOnViewport: true, hideEdgesOnViewport: data.edges.length > 800 })

  // The drawing of the server is as wide as a page; here it is as wide as there is room.
  let wider = 1
  const spread = () => {
    wider = Math.min(3, Math.max(0.4, stage.clientWidth / stage.clientHeight * data.height / data.width))
    chart.nodes().positions((node) => ({ x: node.data('x') * wider, y: node.data('y') }))
  }
  // The whole, or on a small screen as much around where it starts as can be read.
  const frameAll = () => {
    chart.fit(undefined, 30)
    if (chart.zoom() < 0.5 && data.nodes.length <= 80) {
      chart.zoom(0.6)
      chart.center(chart.nodes('[?seed]'))
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
        const known = edge.data('known').length ? edge.data('known').filter((at) => all || at <= until).length : 1
        edge.toggleClass('later', !all && !edge.data('suggested') && known === 0)
        if (!edge.data('suggested')) edge.data('strength', Math.max(1, Math.min(edge.data('origins'), known)))
      })
    })
  }
  const grow = async (address) => {
    told.replaceChildren(make('p', {}, 'Fetching more…'))
    try {
      data = await load(address)
    } catch {
      told.replaceChildren(make('p', {}, 'That did not work. Please reload the page and try again.'))
      return
    }
    chart.batch(() => {
      chart.elements().remove()
      chart.add(elements(data))
    })
    spread()
    frameAll()
    history.replaceState(null, '', data.page)
    setRange()
    told.replaceChildren(make('p', {}, `${data.nodes.length} are shown. Reload the page for the tables of these.`))
  }
  chart.on('tap', 'node', (event) => {
    const node = event.target.data()
    const actions = make('p', {}, make('a', { className: 'govuk-link', href: node.record }, 'Open the record'), ' ')
    if (!node.open) actions.append(button('Show what it is named with', () => grow(node.grow)))
    told.replaceChildren(make('p', {}, make('strong', {}, node.title), node.broker ? ', which connects others here' : ''), actions)
    if (node.folded) told.append(make('p', { className: 'govuk-hint' }, `${node.folded} more that it is named with are folded away.`))
  })
  chart.on('tap', 'edge', (event) => {
    const edge = event.target.data()
    const words = make('p', {}, edge.label)
    if (edge.pair) words.append(' ', make('a', { className: 'govuk-link', href: edge.pair }, 'See why'))
    told.replaceChildren(words)
  })
  chart.on('tap', (event) => { if (event.target === chart) hint() })
  range.addEventListener('input', showUntil)

  // A view that is kept is kept as it stands here.
  const keep = document.querySelector('[data-pendeen-positions]')
  keep?.addEventListener('submit', () => {
    keep.elements.positions.value = chart.nodes().map((node) => `${node.id().slice(1)}:${(node.position('x') / wider).toFixed(1)},${node.position('y').toFixed(1)}`).join(';')
    const here = new URL(location.href).searchParams // what was grown meanwhile
    if (here.has('open')) keep.elements.open.value = here.get('open')
  })

  let plain = false
  const swap = button('Plain drawing', () => {
    plain = !plain
    drawn.forEach((element) => element.toggleAttribute('hidden', !plain && element.tagName !== 'FIGCAPTION'))
    for (const element of [stage, told]) element.hidden = plain
    slider.hidden = plain || !data.first
    swap.textContent = plain ? 'Chart that moves' : 'Plain drawing'
    if (!plain) chart.resize()
  })
  const picture = button('Picture (PNG)', () => {
    const link = make('a', { href: chart.png({ full: true, scale: 2, bg: '#ffffff' }), download: 'pendeen-network.png' })
    link.click()
  })
  const tools = make('div', { className: 'pendeen-tools' },
    button('Larger', () => chart.zoom({ level: chart.zoom() * 1.25, renderedPosition: { x: chart.width() / 2, y: chart.height() / 2 } })),
    button('Smaller', () => chart.zoom({ level: chart.zoom() * 0.8, renderedPosition: { x: chart.width() / 2, y: chart.height() / 2 } })),
    button('Whole', () => chart.fit(undefined, 30)), swap, picture)
  drawn.forEach((element) => element.toggleAttribute('hidden', element.tagName !== 'FIGCAPTION')) // a drawing has no .hidden
  frame.prepend(tools, stage, told, slider)
  chart.resize()
  spread()
  frameAll()
  hint()
  setRange()
  performance.measure('chart drawn', { start: began }) // for bench/chart.mjs
  frame.dataset.drawn = String(data.nodes.length)
}
