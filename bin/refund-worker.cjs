#!/usr/bin/env node
// The command. In JavaScript that Node 10 reads: a Node too old for the program, or a checkout that is not built or not
// installed, ends with a sentence here instead of a stack.
'use strict';

const { existsSync } = require('fs');
const { dirname, join } = require('path');
const { pathToFileURL } = require('url');

const folder = dirname(__dirname);
const program = join(folder, 'dist', 'src', 'cli', 'main.js');
const { node } = process.versions;

/** The same as `engines` in package.json. */
function isTooOld(version) {
  const [major, minor] = version.split('.').map(Number);
  return major < 20 || (major === 20 && minor < 19) || major === 21;
}

function refuse(english, korean) {
  process.stderr.write(`${english}\n${korean}\n`);
  process.exit(1);
}

if (isTooOld(node)) {
  refuse(
    `refund-worker needs Node 20.19 or newer (22 or newer after 20); this is Node ${node}.`,
    `Node 20.19 이상(20 다음은 22부터)이 필요해요. 지금은 Node ${node}이에요.`,
  );
} else if (!existsSync(program)) {
  refuse(
    `refund-worker is not built yet. Run in ${folder}: npm ci && npm run build`,
    '아직 빌드하지 않았어요. 위 폴더에서 위 명령을 실행하세요.',
  );
} else {
  import(pathToFileURL(program).href).catch((error) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    refuse(
      `refund-worker is not fully installed (${error.message.split('\n')[0]}). Run in ${folder}: npm ci`,
      '설치가 끝나지 않았어요. 위 폴더에서 위 명령을 실행하세요.',
    );
  });
}
