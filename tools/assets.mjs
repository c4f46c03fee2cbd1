// Builds what the browser gets: node tools/assets.mjs OUT_FOLDER
//
// govuk-frontend's ready-made style sheet and script, without the font and the
// crown, which are for gov.uk services alone; then our own.  Every file is named
// by its content (pendeen-0123456789.css), so that a browser may keep it for ever.
// Writes the files, and assets.h and assets.c, which put them into the program.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const out = process.argv[2]
const govuk = 'assets/node_modules/govuk-frontend/dist/govuk'
rmSync(out, { recursive: true, force: true }) // names of before would stay
mkdirSync(out, { recursive: true })

const { version } = JSON.parse(readFileSync('assets/node_modules/govuk-frontend/package.json', 'utf8'))
const notice = `/*! govuk-frontend ${version}, MIT licence, ` +
  'Copyright (C) 2017 Crown Copyright (Government Digital Service) */\n'

const style = notice + readFileSync(join(govuk, 'govuk-frontend.min.css'), 'utf8')
  .replace('@charset "UTF-8";', '') // it is sent as such
  .replace(/@font-face\s*\{[^}]*\}/g, '')
  .replaceAll('GDS Transport', 'Arial')
  .replace(/url\([^)]*(?:crest|crown|govuk-)[^)]*\)/g, 'none')
  .replace(/\/\*#\s*sourceMappingURL=.*?\*\//g, '')
const govukScript = notice + readFileSync(join(govuk, 'govuk-frontend.min.js'), 'utf8')
  .replace(/\/\/# sourceMappingURL=.*/g, '')

const hashed = (text) => createHash('sha256').update(text).digest('hex').slice(0, 10)
const files = []
function add (constant, stem, extension, type, text) {
  const name = `${stem}-${hashed(text)}.${extension}`
  writeFileSync(join(out, name), text)
  files.push({ constant, name, type, path: join(out, name), size: Buffer.byteLength(text) })
  return name
}

// What only a chart needs: fetched when there is one, and not kept for reading offline.
function chartFiles () {
  const folder = 'assets/node_modules/cytoscape'
  const { version: release } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const head = `/*! cytoscape ${release}, MIT licence, Copyright (c) 2016-2025 The Cytoscape Consortium */\n`
  const cytoscape = add('ASSET_CYTOSCAPE', 'cytoscape', 'js', 'text/javascript; charset=utf-8',
    head + readFileSync(join(folder, 'dist', 'cytoscape.esm.min.mjs'), 'utf8').replace(/\/\/# sourceMappingURL=.*/g, ''))
  const network = add('ASSET_NETWORK', 'network', 'js', 'text/javascript; charset=utf-8',
    readFileSync('assets/network.js', 'utf8').replaceAll('./cytoscape.js', './' + cytoscape))
  for (const file of files.slice(-2)) file.late = true
  return network
}

// The same of a map.
function mapFiles () {
  const folder = 'assets/node_modules/leaflet'
  const { version: release } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const head = `/*! Leaflet ${release}, BSD-2-Clause licence, Copyright (c) 2010-2023 Volodymyr Agafonkin, 2010-2011 CloudMade */\n`
  const leaflet = add('ASSET_LEAFLET', 'leaflet', 'js', 'text/javascript; charset=utf-8',
    head + readFileSync(join(folder, 'dist', 'leaflet-src.esm.js'), 'utf8').replace(/\/\/# sourceMappingURL=.*/g, ''))
  const map = add('ASSET_MAP', 'map', 'js', 'text/javascript; charset=utf-8',
    readFileSync('assets/map.js', 'utf8').replaceAll('./leaflet.js', './' + leaflet))
  for (const file of files.slice(-2)) file.late = true
  return map
}
const leafletStyle = readFileSync('assets/node_modules/leaflet/dist/leaflet.css', 'utf8').replace(/url\([^)]*\)/g, 'none')

const logo = readFileSync('assets/lighthouse.svg', 'utf8')
add('ASSET_STYLE', 'pendeen', 'css', 'text/css; charset=utf-8',
  style + '\n' + leafletStyle + '\n' + readFileSync('assets/pendeen.css', 'utf8'))
const library = add('ASSET_LIBRARY', 'govuk-frontend', 'js', 'text/javascript; charset=utf-8', govukScript)
const charts = chartFiles()
const maps = mapFiles()
add('ASSET_SCRIPT', 'pendeen', 'js', 'text/javascript; charset=utf-8',
  readFileSync('assets/pendeen.js', 'utf8').replaceAll('./govuk-frontend.js', './' + library)
    .replaceAll('./network.js', './' + charts).replaceAll('./map.js', './' + maps))
add('ASSET_LOGO', 'lighthouse', 'svg', 'image/svg+xml', logo)
// The service worker is served from the root, under the name of no content; what it
// keeps goes by the content of all the rest.
const kept = files.filter((file) => !file.late).map((file) => '/assets/' + file.name)
add('ASSET_WORKER', 'service-worker', 'js', 'text/javascript; charset=utf-8',
  readFileSync('assets/service-worker.js', 'utf8')
    .replace('pendeen-PAGES', 'pendeen-' + hashed(kept.join()))
    .replace('...ASSETS', kept.map((name) => JSON.stringify(name)).join(', ')))

writeFileSync(join(out, '..', 'assets.h'), `/* Made by tools/assets.mjs from assets/. */
#ifndef PENDEEN_ASSETS_H
#define PENDEEN_ASSETS_H

#include "base/str.h"

struct asset {
    const char *name;
    const char *content_type;
    const unsigned char *bytes;
    size_t size;
};

${files.map((f) => `#define ${f.constant} "/assets/${f.name}"`).join('\n')}

/* By its name in /assets/; NULL when there is none. */
const struct asset *asset_find(struct str name);

#endif
`)

writeFileSync(join(out, '..', 'assets.c'), `/* Made by tools/assets.mjs from assets/. */
#include "assets.h"

${files.map((f, i) => `__asm__(".pushsection .rodata\\n"
        "asset_bytes_${i}: .incbin \\"${f.path}\\"\\n"
        ".popsection\\n");
extern const unsigned char asset_bytes_${i}[];`).join('\n')}

const struct asset *asset_find(struct str name)
{
    static const struct asset assets[] = {
${files.map((f, i) => `        {"${f.name}", "${f.type}", asset_bytes_${i}, ${f.size}},`).join('\n')}
    };
    for (size_t i = 0; i < sizeof assets / sizeof *assets; i++)
        if (str_eq(name, str_from(assets[i].name))) return &assets[i];
    return 0;
}
`)
