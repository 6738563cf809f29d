import { readFileSync } from 'node:fs';
import { missingPlatforms, platformOf } from '../../scripts/complete-lock.ts';

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  packages: Record<string, { version?: string; resolved?: string; optionalDependencies?: Record<string, string> }>;
};

describe('the lock file', () => {
  it('has the packages of every platform, so that `npm ci` works everywhere (npm run lock)', () => {
    expect(Object.keys(missingPlatforms(lock.packages))).toEqual([]);
  });

  it('notices a platform that is missing', () => {
    const packages = { '': {}, 'node_modules/x': { optionalDependencies: { '@x/linux-arm64-musl': '1.0.0' } } };
    expect(missingPlatforms(packages)).toEqual({
      'node_modules/@x/linux-arm64-musl': {
        version: '1.0.0',
        cpu: ['arm64'],
        libc: ['musl'],
        optional: true,
        os: ['linux'],
      },
    });
  });

  it('names no registry host', () => {
    expect(Object.values(lock.packages).filter(({ resolved }) => resolved !== undefined)).toEqual([]);
  });

  it.each([
    ['@biomejs/cli-win32-x64', { os: 'win32', cpu: 'x64' }],
    ['@oxlint/binding-linux-arm-gnueabihf', { os: 'linux', cpu: 'arm', libc: 'glibc' }],
    ['@oxlint/binding-android-arm-eabi', { os: 'android', cpu: 'arm' }],
    ['fsevents', undefined],
  ])('reads the platform of %s', (name, platform) => {
    expect(platformOf(name)).toEqual(platform);
  });
});
