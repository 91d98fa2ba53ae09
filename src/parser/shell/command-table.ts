import type { Risk } from '../../model/index.ts'

/** What is known of one program. Sub-commands are lists divided by commas; the longest that fits decides. */
export interface Program {
  /** Risk where no sub-command fits. */
  readonly risk: Risk
  readonly view?: string
  readonly safe?: string
  readonly change?: string
  readonly danger?: string
  /** Options that take the next word as their value, so that it is not read as a sub-command. */
  readonly takes?: string
  /** Options or words that make any call of it dangerous. */
  readonly dangerousWith?: string
}

const view = (names: string): Record<string, Program> => each(names, { risk: 'view' })
const safe = (names: string): Record<string, Program> => each(names, { risk: 'safe' })
const change = (names: string): Record<string, Program> => each(names, { risk: 'change' })
const danger = (names: string): Record<string, Program> => each(names, { risk: 'danger' })

const KUBECTL: Program = {
  risk: 'change',
  takes:
    '-n --namespace --context --kubeconfig -f --filename -l --selector -o --output -c --container --cluster --user --as --as-group -s --server --token --request-timeout -v --cache-dir',
  view: 'get, describe, logs, log, top, explain, version, cluster-info, api-resources, api-versions, rollout status, rollout history, auth can-i, auth whoami, config view, config current-context, config get-contexts, diff, wait, port-forward, proxy, events, kustomize, options, help, adm top, whoami, status, projects',
  safe: 'config use-context, config set-context, config use, completion, project, krew install, login',
  change:
    'apply, create, set, rollout, scale, patch, edit, annotate, label, expose, exec, cp, cordon, uncordon, taint, run, debug, attach',
  danger: 'delete, drain, config delete-context, adm drain, adm prune',
  dangerousWith: '--prune --force',
}

const NPM: Program = {
  risk: 'change',
  takes: '--filter -F -C --dir --prefix -w --workspace --cwd --registry --reporter',
  view: 'ls, list, ll, view, info, show, why, outdated, audit, search, whoami, ping, config get, config list, root, bin, explain, -v',
  safe: 'install, i, ci, add, remove, rm, uninstall, un, update, up, upgrade, dedupe, prune, pack, rebuild, link, import, fetch, cache, config set, audit fix, version, test, t, tst, it, install-test, store prune',
  change: 'dist-tag add, access, owner, deploy',
  danger: 'publish, npm publish, unpublish, deprecate, dist-tag rm',
}

const DOCKER: Program = {
  risk: 'change',
  takes:
    '--context -H --host -c --config -l --log-level -f --file -p --project-name --profile --env-file --project-directory',
  view: 'ps, images, logs, inspect, version, info, stats, top, port, history, diff, events, search, image ls, image list, image inspect, image history, container ls, container list, container inspect, container logs, container stats, volume ls, volume inspect, network ls, network inspect, compose ps, compose ls, compose logs, compose config, compose images, compose top, compose version, manifest inspect, buildx ls, buildx imagetools inspect, context ls, context show, system df, system info, service ls, service ps, service logs, service inspect, stack ls, stack ps, stack services, node ls, secret ls, config ls, scout cves, scout quickview',
  safe: 'build, tag, pull, image build, image tag, image pull, compose build, compose pull, buildx build, buildx create, buildx use, create, save, load, image save, image load, cp, context use, login, logout, compose create, export, commit, scan',
  change:
    'run, exec, start, stop, restart, push, image push, compose up, compose start, compose stop, compose restart, compose run, compose exec, compose push, compose down, network create, volume create, service update, service create, stack deploy, swarm, pause, unpause, update, rename, buildx bake, import',
  danger:
    'rm, rmi, kill, system prune, volume rm, volume prune, image rm, image prune, container rm, container prune, network rm, network prune, compose rm, compose kill, builder prune, stack rm, service rm, secret rm, config rm, swarm leave, buildx prune, compose down -v, compose down --volumes',
}

const APT: Program = {
  risk: 'change',
  view: 'list, search, show, info, policy, check, depends, rdepends, deps, outdated, repolist, provides, history, leaves, doctor, config, --prefix, services list',
  safe: 'install, update, reinstall, add, fetch, download, localinstall, groupinstall, makecache, tap, bundle, cleanup, link, clean, autoclean',
  change:
    'history undo, history redo, history rollback, upgrade, dist-upgrade, full-upgrade, remove, autoremove, uninstall, erase, del, services',
  danger: 'purge',
  takes: '-o -t',
}

const TERRAFORM: Program = {
  risk: 'change',
  view: 'show, output, state list, state show, state pull, version, providers, workspace list, workspace show, graph, metadata, run-all plan',
  safe: 'init, plan, validate, fmt, get, workspace select, workspace new, login, hclfmt, console',
  danger: 'destroy, destroy-all, run destroy, state rm, state push, workspace delete, force-unlock, run-all destroy',
  dangerousWith: '-destroy --destroy',
}

const MAVEN: Program = {
  risk: 'safe',
  view: 'dependency:tree, help:effective-pom, -v',
  safe: 'clean, validate, compile, test, package, verify, install, site',
  change: 'exec:java, spring-boot:run',
  danger: 'deploy, release:perform, release:prepare, flyway:clean, liquibase:rollback, liquibase:dropAll',
  takes: '-pl -P -f -s -T -l -pl',
}

const REDIS: Program = {
  risk: 'change',
  view: 'get, mget, info, ping, keys, scan, ttl, llen, type, exists, dbsize, client list, config get, slowlog get, monitor, hget, hgetall, lrange, memory usage, memory stats, memory doctor, cluster info, cluster nodes, -v, smembers, zrange, role, time, lastsave',
  danger:
    'flushall, flushdb, del, unlink, shutdown, cluster reset, config resetstat, debug, memory purge, script flush',
  takes: '-h -p -a -n -u -i -r --user --pass',
}

const DATABASE_SHELL: Program = { risk: 'change' }

/**
 * Risk by program and sub-command (R16). What is not here is a change; `verbs.ts` then looks at the words of its name
 * and arguments. Cloud tools whose sub-commands are verbs (`aws`, `gcloud`, `az`) are read by those verbs.
 */
export const PROGRAMS: Readonly<Record<string, Program>> = {
  // What only looks.
  ...view(
    'ls ll dir cat bat head tail less more grep egrep fgrep rg ag jq yq awk gawk sort uniq wc cut tr column nl tac rev paste comm join diff cmp colordiff fold fmt file stat du df free uptime uname hostname whoami id groups who w last date cal env printenv echo printf pwd which whereis type command basename dirname realpath readlink tree find fd locate ps pgrep pstree top htop lsof netstat ss ping traceroute tracepath mtr dig nslookup host whois nc ncat netcat nmap arp route ifconfig lscpu lsblk lsmod lspci lsusb dmesg journalctl sha256sum sha1sum sha512sum md5sum md5 shasum cksum base64 xxd od hexdump strings man info help history tput seq expr bc test [ [[ true false : sleep wait exit return break continue shift local export declare typeset readonly unset set shopt alias unalias cd pushd popd dirs trap ulimit umask jobs read getopts mapfile readarray let hash compgen complete yes stern k9s vmstat iostat iotop sar nproc getent tty stty clear less zcat zgrep zless bzcat xzcat xmllint hexyl glances jobs fg bg tldr cloc envsubst gettext numfmt shuf csvlook mlr gron dasel fx sensors ncdu wget-spider httpstat pg_isready actionlint',
  ),
  // Local and repeatable.
  ...safe(
    'mkdir touch cp ln tar gzip gunzip zip unzip bzip2 bunzip2 xz unxz zstd install mktemp chmod patch split csplit tsc vitest jest mocha ava playwright cypress eslint prettier biome oxlint stylelint shellcheck shfmt hadolint yamllint markdownlint ruff black isort mypy pyright flake8 pylint pytest tox nox rspec rubocop phpunit phpstan ctest cmake ninja meson gcc g++ clang clang++ cc ld javac rustc swiftc webpack rollup esbuild swc pre-commit commitlint detect-secrets gitleaks trivy grype syft snyk semgrep bandit checkov tfsec tflint kubeval kubeconform conftest opa dive trufflehog osv-scanner licensee nvm fnm pyenv rbenv asdf sdk rustup volta corepack direnv virtualenv pg_dump pg_dumpall pg_basebackup mysqldump mongodump codespell vale lychee doxygen protoc buf act goimports gofmt golangci-lint staticcheck govulncheck wget kompose nosetests coverage tee ssh-keyscan gpg git-cliff standard-version commitizen pulumi-preview',
  ),
  ...change(
    'mv rm rmdir unlink chown chgrp kill pkill killall scp sftp rsync ssh tmux screen crontab at su mount umount iptables firewall-cmd sysctl useradd usermod groupadd swapoff swapon createdb initdb k6 ab wrk hey vegeta locust artillery',
  ),
  // What cannot be taken back.
  ...danger(
    'shred dd mkfs fdisk parted wipefs reboot shutdown poweroff halt init6 userdel groupdel deluser dropdb dropuser pg_restore mongorestore truncate lvremove vgremove pvremove mysql_secure_installation twine vsce ovsx rimraf del-cli',
  ),
  source: { risk: 'change' },
  '.': { risk: 'change' },
  git: {
    risk: 'change',
    takes: '-C -c --git-dir --work-tree',
    view: 'status, log, show, diff, blame, describe, rev-parse, rev-list, ls-files, ls-remote, ls-tree, shortlog, reflog, grep, remote, remote show, remote get-url, config --get, config --list, config -l, branch --list, tag --list, tag -l, stash list, stash show, cat-file, merge-base, name-rev, for-each-ref, whatchanged, range-diff, cherry, count-objects, verify-tag, verify-commit, fsck, help, var, symbolic-ref, worktree list, submodule status, bisect log, version, diff-tree, diff-index, show-ref',
    safe: 'fetch, pull, checkout, switch, commit, add, branch, tag, merge, rebase, cherry-pick, stash, clone, init, config, reset, restore, revert, submodule, worktree add, mv, rm, am, apply, format-patch, archive, bisect, remote add, remote set-url, remote update, remote prune, notes, gc, maintenance, lfs pull, lfs fetch, lfs install, sparse-checkout, cliff, worktree',
    change: 'push, remote remove, remote rm, send-email, lfs push, tag -d, tag --delete, branch -d, request-pull',
    danger:
      'clean, branch -D, stash drop, stash clear, reflog expire, filter-repo, push --mirror, push --delete, push -d, push --force, push -f, push --force-with-lease, push --tags, push --follow-tags, reset --hard, filter-branch, worktree remove, update-ref -d, checkout -f',
  },
  kubectl: KUBECTL,
  oc: { ...KUBECTL, change: `${KUBECTL.change}, rsh, new-app, start-build, adm policy, adm upgrade` },
  k: KUBECTL,
  npm: NPM,
  pnpm: NPM,
  yarn: NPM,
  bun: NPM,
  docker: DOCKER,
  podman: DOCKER,
  nerdctl: DOCKER,
  'docker-compose': {
    risk: 'change',
    takes: '-f --file -p --project-name --profile --env-file',
    view: 'ps, ls, logs, config, images, top, version, port, events',
    safe: 'build, pull, create',
    danger: 'rm, kill, down -v, down --volumes',
  },
  buildah: {
    risk: 'change',
    view: 'images, containers, inspect',
    safe: 'bud, build, from, pull, tag, copy, config, commit',
    danger: 'rm, rmi',
  },
  skopeo: { risk: 'change', view: 'inspect, list-tags', safe: 'login', danger: 'delete' },
  crane: {
    risk: 'change',
    view: 'digest, manifest, ls, catalog, config, validate',
    safe: 'pull, export',
    danger: 'delete',
  },
  cosign: { risk: 'change', view: 'verify, verify-attestation, tree, triangulate', safe: 'generate-key-pair' },
  helm: {
    risk: 'change',
    takes: '-n --namespace --kube-context --kubeconfig -f --values --set --version --repo',
    view: 'list, ls, status, get, history, hist, show, inspect, search, template, version, env, diff, verify, plugin list, repo list',
    safe: 'lint, dependency, dep, repo add, repo update, pull, fetch, package, test, plugin install, create, repo remove',
    danger: 'uninstall, delete, del, un',
  },
  helmfile: {
    risk: 'change',
    view: 'list, diff, template, status',
    safe: 'lint, deps, repos, fetch, build',
    danger: 'destroy, delete',
    takes: '-f -e -l',
  },
  kustomize: { risk: 'view', safe: 'edit, create' },
  argocd: {
    risk: 'change',
    view: 'app get, app list, app diff, app history, app logs, app manifests, app wait, app resources, cluster list, cluster get, repo list, proj list, proj get, version, account get-user-info, context',
    danger: 'app delete, cluster rm, repo rm, proj delete, app terminate-op',
    dangerousWith: '--prune --force',
  },
  flux: {
    risk: 'change',
    view: 'get, logs, check, stats, tree, events, version, diff, export, trace',
    danger: 'delete, uninstall',
  },
  velero: {
    risk: 'change',
    view: 'backup get, backup describe, backup logs, restore get, restore describe, schedule get, get, describe, version',
    danger: 'restore create, backup delete, delete, uninstall, create restore',
  },
  istioctl: {
    risk: 'change',
    view: 'analyze, version, proxy-status, ps, proxy-config, pc, describe, x describe',
    safe: 'validate',
    danger: 'uninstall',
  },
  eksctl: { risk: 'change', view: 'get, info, version, utils describe-stacks', danger: 'delete, drain' },
  kops: { risk: 'change', view: 'get, validate, version', safe: 'export', danger: 'delete' },
  minikube: {
    risk: 'change',
    view: 'status, ip, profile list, service list, logs, version',
    safe: 'start, addons enable, image load',
    danger: 'delete',
  },
  kind: { risk: 'safe', view: 'get', danger: 'delete' },
  etcdctl: {
    risk: 'change',
    view: 'get, endpoint, member list, alarm list, version, watch, snapshot status, check, user list, role list',
    safe: 'snapshot save',
    danger: 'del, snapshot restore, member remove, defrag, user delete, role delete',
    takes: '--endpoints --cacert --cert --key',
  },
  etcdutl: { risk: 'change', view: 'snapshot status, version', danger: 'snapshot restore, defrag' },
  consul: {
    risk: 'change',
    view: 'members, info, kv get, catalog, version, operator raft list-peers, monitor',
    safe: 'snapshot save, validate',
    danger: 'kv delete, snapshot restore, leave, force-leave, acl token delete',
  },
  vault: {
    risk: 'change',
    view: 'read, list, status, kv get, kv list, version, token lookup, secrets list, auth list, policy read, policy list, operator raft list-peers',
    safe: 'login',
    danger:
      'delete, kv delete, kv destroy, kv metadata delete, token revoke, lease revoke, secrets disable, auth disable, operator seal, operator rekey, operator rotate, operator raft snapshot restore, policy delete',
  },
  terraform: TERRAFORM,
  tofu: TERRAFORM,
  terragrunt: TERRAFORM,
  pulumi: {
    risk: 'change',
    view: 'stack ls, stack output, config get, version, whoami, about, logs, stack',
    safe: 'preview, login, stack select, install, stack init',
    danger: 'destroy, stack rm, state delete, cancel',
    takes: '-s --stack -C --cwd',
  },
  cdk: { risk: 'change', view: 'list, ls, diff, doctor, metadata', safe: 'synth, synthesize', danger: 'destroy' },
  serverless: { risk: 'change', view: 'info, logs, print', safe: 'package', danger: 'remove' },
  sls: { risk: 'change', view: 'info, logs, print', safe: 'package', danger: 'remove' },
  packer: { risk: 'change', view: 'inspect, version', safe: 'validate, init, fmt' },
  ansible: { risk: 'change', view: '--list-hosts' },
  'ansible-playbook': {
    risk: 'change',
    view: '--list-hosts, --list-tasks, --list-tags',
    safe: '--syntax-check, --check, -C',
  },
  'ansible-galaxy': {
    risk: 'safe',
    danger: 'collection publish, role delete, role remove, delete, remove',
    change: 'import, role import',
  },
  'ansible-inventory': { risk: 'view' },
  'ansible-lint': { risk: 'safe' },
  vercel: {
    risk: 'change',
    takes: '--scope -S --token -t --cwd -A --local-config',
    view: 'ls, list, inspect, logs, log, whoami, env ls, domains ls, domains inspect, alias ls, project ls, projects ls, teams ls, certs ls, dns ls, target ls, help',
    safe: 'build, pull, link, env pull, switch, login',
    danger: 'rm, remove, env rm, domains rm, alias rm, project rm, certs rm, dns rm',
  },
  netlify: {
    risk: 'change',
    view: 'status, sites:list, env:list, env:get, logs, watch, api',
    safe: 'build, link, login',
    danger: 'sites:delete, env:unset',
  },
  fly: {
    risk: 'change',
    view: 'status, logs, info, apps list, list, releases, secrets list, ips list, volumes list, machine list, version, regions list, checks list, postgres list',
    safe: 'auth login, config validate',
    danger: 'apps destroy, destroy, volumes destroy, machine destroy, secrets unset, postgres detach',
    takes: '-a --app -c --config',
  },
  heroku: {
    risk: 'change',
    view: 'apps, apps:info, ps, logs, config, config:get, releases, releases:info, addons, pg:info, pg:backups, pg:diagnose, maintenance, status, domains, pipelines:info, run:list, auth:whoami',
    safe: 'login, git:remote, pg:backups:download',
    danger:
      'apps:destroy, pg:reset, pg:backups:restore, pg:copy, addons:destroy, config:unset, ps:kill, pg:credentials:rotate, domains:remove',
    takes: '-a --app -r --remote',
  },
  supabase: {
    risk: 'change',
    view: 'status, projects list, migration list, db diff, functions list, secrets list, branches list, inspect, orgs list, db lint',
    safe: 'link, login, gen, init, start, stop, test, migration new, db dump, functions new, db pull',
    change: 'db push, functions deploy, secrets set, migration up, migration repair',
    danger:
      'db reset, projects delete, functions delete, secrets unset, branches delete, migration down, db remote reset',
  },
  firebase: {
    risk: 'change',
    view: 'projects:list, hosting:sites:list, functions:list, functions:log, use, apps:list',
    safe: 'login, emulators:exec, setup',
    danger: 'functions:delete, firestore:delete, hosting:disable, database:remove',
  },
  wrangler: {
    risk: 'change',
    view: 'whoami, deployments list, tail, kv key get, kv key list, secret list, versions list, d1 list, d1 info',
    safe: 'login, types, d1 migrations list',
    danger: 'delete, secret delete, kv key delete, kv namespace delete, d1 delete, r2 object delete, r2 bucket delete',
  },
  railway: {
    risk: 'change',
    view: 'status, logs, list, whoami, variables',
    safe: 'link, login',
    danger: 'down, delete',
  },
  gh: {
    risk: 'change',
    takes: '-R --repo',
    view: 'pr list, pr view, pr status, pr checks, pr diff, run list, run view, run watch, issue list, issue view, issue status, repo view, repo list, release list, release view, workflow list, workflow view, auth status, search, secret list, variable list, variable get, status, gist view, gist list, label list, cache list, browse, ruleset list, ruleset view, attestation verify, api',
    safe: 'repo clone, pr checkout, release download, run download, auth login, auth setup-git, repo set-default, alias, extension install, config',
    danger:
      'release create, release delete, repo delete, issue delete, secret delete, variable delete, run delete, cache delete, gist delete, repo archive, release delete-asset, ssh-key delete, label delete, secret remove, variable remove',
  },
  glab: {
    risk: 'change',
    view: 'mr list, mr view, mr diff, ci list, ci view, ci status, ci trace, issue list, issue view, release list, release view, repo view, auth status, pipeline list',
    safe: 'repo clone, mr checkout, auth login, ci lint',
    danger: 'release create, release delete, repo delete, issue delete, variable delete',
    takes: '-R --repo',
  },
  hub: {
    risk: 'change',
    view: 'pr list, pr show, ci-status, issue, release show, browse',
    danger: 'release create, release delete, delete',
  },
  goreleaser: {
    risk: 'danger',
    safe: 'build, check, healthcheck, init, release --snapshot, --snapshot',
    view: '--version',
  },
  'semantic-release': { risk: 'danger' },
  'release-it': { risk: 'danger' },
  changeset: { risk: 'safe', view: 'status', danger: 'publish' },
  changesets: { risk: 'safe', view: 'status', danger: 'publish' },
  lerna: {
    risk: 'change',
    view: 'ls, list, changed, diff, info',
    safe: 'bootstrap, link',
    change: 'version, run, exec',
    danger: 'publish',
  },
  turbo: { risk: 'change' },
  nx: {
    risk: 'change',
    view: 'show, graph, print-affected, list, report',
    safe: 'build, lint, test, format, release version, release changelog',
    danger: 'release',
  },
  cargo: {
    risk: 'change',
    view: 'tree, search, metadata, version, info, outdated, audit, deny',
    safe: 'build, b, test, t, check, c, clippy, fmt, doc, update, fetch, install, clean, bench, add, remove, generate-lockfile, package, vendor, nextest, new, init, fix, miri',
    danger: 'publish, yank, release',
  },
  go: {
    risk: 'change',
    view: 'version, env, list, doc',
    safe: 'build, test, vet, fmt, mod, get, install, generate, clean, work, tool',
  },
  dotnet: {
    risk: 'change',
    view: '--info, --list-sdks, list',
    safe: 'build, restore, test, clean, publish, pack, format, add, tool install, new',
    change: 'run, ef database update',
    danger: 'nuget push, nuget delete, ef database drop',
  },
  nuget: { risk: 'change', view: 'list, search', safe: 'restore, pack, install', danger: 'push, delete' },
  mvn: MAVEN,
  mvnw: MAVEN,
  gradle: {
    risk: 'change',
    view: 'tasks, projects, dependencies, properties, help',
    safe: 'build, test, clean, assemble, check, compileJava, jar, spotlessApply, spotlessCheck',
    danger: 'publish, uploadArchives, closeAndReleaseRepository',
  },
  gradlew: {
    risk: 'change',
    view: 'tasks, projects, dependencies, properties, help',
    safe: 'build, test, clean, assemble, check, compileJava, jar, spotlessApply, spotlessCheck',
    danger: 'publish, uploadArchives, closeAndReleaseRepository',
  },
  sbt: { risk: 'change', safe: 'compile, test, clean, package, update', danger: 'publish, release' },
  lein: { risk: 'change', safe: 'deps, test, compile, jar, uberjar', danger: 'deploy' },
  mix: {
    risk: 'change',
    view: 'help',
    safe: 'deps.get, compile, test, format, credo, dialyzer',
    danger: 'hex.publish, ecto.drop, ecto.reset, ecto.rollback',
  },
  gem: {
    risk: 'change',
    view: 'list, search, info, env, outdated',
    safe: 'install, build, update',
    danger: 'push, yank',
  },
  bundle: {
    risk: 'change',
    view: 'list, outdated, show, info',
    safe: 'install, update, check, package, config, lock, add',
  },
  bundler: { risk: 'change', safe: 'install, update, check' },
  rake: {
    risk: 'change',
    safe: 'test, spec, build, assets:precompile, routes',
    view: '-T',
    danger: 'release, db:drop, db:reset, db:rollback, db:purge, db:schema:load, db:setup',
  },
  rails: {
    risk: 'change',
    view: 'routes, about, db:migrate:status, -v',
    safe: 'test, assets:precompile, generate, g, new',
    danger: 'db:drop, db:reset, db:rollback, db:purge, db:truncate_all, db:schema:load, db:setup',
  },
  composer: {
    risk: 'change',
    view: 'show, outdated, why, validate, diagnose',
    safe: 'install, update, require, dump-autoload, dumpautoload, test',
  },
  artisan: {
    risk: 'change',
    view: 'route:list, migrate:status, about, list',
    safe: 'test, config:cache, cache:clear, config:clear, route:cache, view:clear, view:cache, optimize',
    danger: 'migrate:rollback, migrate:reset, migrate:fresh, migrate:refresh, db:wipe',
  },
  'manage.py': {
    risk: 'change',
    view: 'showmigrations, diffsettings, check, sqlmigrate, help',
    safe: 'test, makemigrations, collectstatic, compilemessages',
    danger: 'flush, reset_db, sqlflush',
  },
  pip: {
    risk: 'change',
    view: 'list, show, freeze, check, search, index, config list',
    safe: 'install, uninstall, download, wheel, cache',
  },
  pip3: { risk: 'change', view: 'list, show, freeze, check', safe: 'install, uninstall, download, wheel, cache' },
  pipx: { risk: 'safe', view: 'list' },
  uv: {
    risk: 'change',
    view: 'pip list, pip freeze, tree, python list, version',
    safe: 'pip, sync, lock, add, remove, venv, build, tool install, python install, pip install, pip compile, init',
    danger: 'publish',
  },
  poetry: {
    risk: 'change',
    view: 'show, check, env info, about, search, config --list',
    safe: 'install, add, remove, update, lock, build, version, config, export, self, init, env use',
    danger: 'publish',
  },
  pipenv: { risk: 'change', view: 'graph, check', safe: 'install, sync, lock, update, uninstall' },
  conda: {
    risk: 'change',
    view: 'list, info, search, env list, config --show',
    safe: 'install, create, update, activate, deactivate, init, env create, env update, build, clean',
    change: 'remove, env remove, uninstall',
  },
  mamba: {
    risk: 'change',
    view: 'list, info, search, env list',
    safe: 'install, create, update, activate, env create',
  },
  anaconda: { risk: 'change', view: 'show, search, whoami', danger: 'upload, remove' },
  apt: APT,
  'apt-get': APT,
  'apt-cache': { risk: 'view' },
  aptitude: APT,
  dpkg: { risk: 'change', view: '-l, -L, -s, -S, --list', safe: '-i, --install', danger: '--purge, -P' },
  yum: APT,
  dnf: APT,
  zypper: APT,
  apk: APT,
  brew: APT,
  snap: APT,
  choco: APT,
  winget: APT,
  pacman: { risk: 'change', view: '-Q, -Qi, -Ss, -Si', safe: '-S, -Sy, -U' },
  systemctl: {
    risk: 'change',
    view: 'status, is-active, is-enabled, is-failed, list-units, list-timers, list-unit-files, list-dependencies, show, cat, help, --failed, get-default',
    danger: 'poweroff, reboot, halt, kill',
    takes: '-H -M',
  },
  service: { risk: 'change', view: '--status-all' },
  supervisorctl: { risk: 'change', view: 'status, tail, avail, version' },
  pm2: {
    risk: 'change',
    view: 'list, ls, status, show, describe, logs, monit, env, prettylist, jlist',
    danger: 'delete, kill',
  },
  nginx: { risk: 'change', view: '-t, -T, -v, -V' },
  apachectl: { risk: 'change', view: 'configtest, status, -t, -S, -v' },
  caddy: { risk: 'change', view: 'version, list-modules, adapt', safe: 'validate, fmt' },
  haproxy: { risk: 'change', view: '-c, -v' },
  certbot: { risk: 'change', view: 'certificates', danger: 'revoke, delete' },
  openssl: { risk: 'view', safe: 'genrsa, genpkey, req, rand, pkcs12, ecparam, enc, ca' },
  psql: DATABASE_SHELL,
  mysql: DATABASE_SHELL,
  mariadb: DATABASE_SHELL,
  sqlite3: DATABASE_SHELL,
  cqlsh: DATABASE_SHELL,
  sqlcmd: DATABASE_SHELL,
  'clickhouse-client': DATABASE_SHELL,
  mongosh: DATABASE_SHELL,
  mongo: DATABASE_SHELL,
  bq: {
    risk: 'change',
    view: 'ls, show, head',
    safe: 'extract',
    danger: 'rm',
    takes: '--project_id --location',
  },
  'redis-cli': REDIS,
  'valkey-cli': REDIS,
  'keydb-cli': REDIS,
  alembic: { risk: 'change', view: 'current, history, heads, show, branches', safe: 'check', danger: 'downgrade' },
  flask: { risk: 'change', view: 'routes, db current, db history, db heads', danger: 'db downgrade' },
  flyway: { risk: 'change', view: 'info', safe: 'validate', danger: 'clean, undo' },
  liquibase: {
    risk: 'change',
    view: 'status, history, diff',
    safe: 'validate',
    danger: 'rollback, rollbackCount, rollback-count, rollback-to-date, dropAll, drop-all',
  },
  knex: { risk: 'change', view: 'migrate:list, migrate:status', danger: 'migrate:rollback, migrate:down' },
  sequelize: { risk: 'change', view: 'db:migrate:status', danger: 'db:drop, db:migrate:undo, db:migrate:undo:all' },
  'sequelize-cli': {
    risk: 'change',
    view: 'db:migrate:status',
    danger: 'db:drop, db:migrate:undo, db:migrate:undo:all',
  },
  dbmate: { risk: 'change', view: 'status', danger: 'rollback, down, drop' },
  goose: { risk: 'change', view: 'status, version', danger: 'down, down-to, reset, redo' },
  migrate: { risk: 'change', view: 'version', danger: 'down, drop, force', takes: '-path -database -source' },
  mysqladmin: {
    risk: 'change',
    view: 'status, ping, processlist, version, extended-status, variables',
    danger: 'drop, shutdown, kill',
    takes: '-u -h -P',
  },
  pg_ctl: { risk: 'change', view: 'status', danger: 'kill' },
  rabbitmqctl: {
    risk: 'change',
    view: 'status, cluster_status, list_queues, list_users, list_vhosts, list_connections, list_exchanges, list_bindings, list_consumers, environment, report, list_channels, list_policies',
    takes: '-n -p --node --vhost -t --timeout',
    danger: 'reset, force_reset, delete_queue, delete_vhost, delete_user, purge_queue, forget_cluster_node',
  },
  'kafka-topics': { risk: 'change', view: '--list, --describe', danger: '--delete' },
  'kafka-topics.sh': { risk: 'change', view: '--list, --describe', danger: '--delete' },
  'kafka-consumer-groups.sh': { risk: 'change', view: '--list, --describe', danger: '--reset-offsets, --delete' },
  nodetool: {
    risk: 'change',
    view: 'status, info, ring, tpstats, describecluster, netstats, version, compactionstats, gossipinfo, cfstats, tablestats',
    danger: 'decommission, removenode, assassinate, clearsnapshot',
  },
  nomad: {
    risk: 'change',
    view: 'status, job status, node status, alloc status, alloc logs, job history, version, server members, deployment status, deployment list',
    safe: 'job plan, job validate, plan, validate',
    danger: 'job stop -purge, system gc, node drain',
  },
  prisma: {
    risk: 'change',
    view: 'migrate status, version',
    safe: 'generate, format, validate, migrate diff, db pull',
    danger: 'migrate reset, db push --force-reset, db push --accept-data-loss',
  },
  ssh: { risk: 'change' },
  rclone: {
    risk: 'change',
    view: 'ls, lsd, lsl, lsf, lsjson, size, about, version, check, listremotes, cat',
    danger: 'sync, delete, purge, deletefile, rmdir, rmdirs, cleanup',
  },
  zfs: { risk: 'change', view: 'list, get, version', danger: 'destroy, rollback' },
  zpool: { risk: 'change', view: 'list, status, get, version, iostat', danger: 'destroy, labelclear, remove' },
  cryptsetup: {
    risk: 'change',
    view: 'status, luksDump, isLuks',
    danger: 'luksFormat, erase, luksErase, luksKillSlot',
  },
  pod: { risk: 'change', safe: 'install, update, lib lint, spec lint', danger: 'trunk push, trunk delete, repo push' },
  'ssh-keygen': { risk: 'safe', view: '-l, -lf, -F' },
  'ssh-add': { risk: 'safe', view: '-l, -L' },
  ipfs: {
    risk: 'change',
    view: 'cat, ls, id, version, swarm peers, stats, get, dht findprovs, refs, block stat, name resolve, config show',
    danger: 'repo gc, pin rm, files rm, block rm',
  },
  make: { risk: 'safe', takes: '-C -f -j' },
  gmake: { risk: 'safe', takes: '-C -f -j' },
  sed: { risk: 'view' },
  curl: { risk: 'view' },
  http: { risk: 'view' },
  https: { risk: 'view' },
  krel: { risk: 'change', view: 'history, version', safe: 'changelog' },
  promtool: { risk: 'view' },
  amtool: { risk: 'change', change: 'alert add', view: 'alert, silence query, config show, check-config' },
  logger: { risk: 'safe' },
  sops: { risk: 'change', view: '-d, --decrypt, decrypt' },
  oci: { risk: 'change' },
  aws: { risk: 'change' },
  gcloud: { risk: 'change' },
  gsutil: { risk: 'change', view: 'ls, cat, stat, du, version, hash', danger: 'rm, rb' },
  az: { risk: 'change' },
  doctl: { risk: 'change' },
  azurecli: { risk: 'change' },
  signoff: {
    risk: 'change',
    view: 'plan, lint, list, show, verify, status, help, doctor, diff',
    safe: 'init, export, completion',
  },
}

/** Tools whose sub-commands end in a verb: `aws ec2 terminate-instances`, `gcloud run services delete x`. */
export const VERB_TOOLS: ReadonlySet<string> = new Set([
  'aws',
  'gcloud',
  'az',
  'doctl',
  'oci',
  'ibmcloud',
  'linode-cli',
  'hcloud',
  'scw',
  'yc',
  'aliyun',
  'bq',
])

/** Programs that only start another one: what they start counts. The options listed take a value. */
export const WRAPPERS: Readonly<Record<string, string>> = {
  sudo: '-u -g -h -p -C -T -r -t -D -R -U --user --group --host --prompt --chdir',
  doas: '-u -C',
  env: '-u -C -S --unset --chdir',
  nohup: '',
  time: '-f -o',
  timeout: '-s -k --signal --kill-after',
  nice: '-n',
  ionice: '-c -n -p',
  stdbuf: '-i -o -e',
  setsid: '',
  unbuffer: '',
  xargs: '-I -n -P -L -d -s -a -E --max-args --max-procs --replace --delimiter --arg-file',
  parallel: '-j --jobs -N --colsep -a',
  npx: '-p --package -c --call --workspace -w',
  pnpx: '-p --package',
  bunx: '-p --package',
  command: '',
  builtin: '',
  exec: '-a',
  watch: '-n --interval',
  flock: '-w -E',
  chroot: '',
  caffeinate: '-t -w',
  chronic: '',
  retry: '-t -d --times --delay',
  winpty: '',
  rtx: '',
  proxychains: '-f',
  torsocks: '',
  fakeroot: '',
  runuser: '-u -g -G --user --group',
  setpriv: '',
  unshare: '',
  nsenter: '-t --target',
  'systemd-run': '-p -u --unit --property -E --setenv --uid --gid',
}

/** Two words that only start another program, `bundle exec x`; after `--` where the value is true. */
export const RUNNERS: Readonly<Record<string, boolean>> = {
  'bundle exec': false,
  'poetry run': false,
  'pipenv run': false,
  'uv run': false,
  'pnpm exec': false,
  'pnpm dlx': false,
  'yarn dlx': false,
  'yarn exec': false,
  'npm exec': false,
  'npm x': false,
  'bun x': false,
  'rye run': false,
  'hatch run': false,
  'pdm run': false,
  'mise exec': true,
  'op run': true,
  'doppler run': true,
  'aws-vault exec': true,
  'chamber exec': true,
  'dotenv run': true,
  'infisical run': true,
  'sops exec-env': false,
  'conda run': false,
  'direnv exec': false,
  'mise x': true,
  'dotenvx run': true,
}

/** What people type that is not in the table above, so that inline code and untagged blocks are known as commands. */
export const ALSO_COMMANDS: ReadonlySet<string> = new Set(
  'bash sh zsh fish ksh dash ufw source node deno python python3 python2 ruby perl php java Rscript julia lua swift kotlin scala elixir erl ghc stack cabal ocaml opam dune nim zig flutter dart fastlane xcodebuild xcrun adb code vi vim nvim nano emacs ed su sudo doas env xargs npx pnpx bunx telnet ftp mosh vagrant virsh VBoxManage multipass lxc ctr crictl nix nix-shell nix-build nixos-rebuild guix flatpak emerge port sbatch squeue srun qsub ansible-vault chef knife puppet salt salt-call juju kubeadm kubelet kubectx kubens kubeseal kubefed ko kn tkn tanka jsonnet cue skaffold tilt garden okteto devspace telepresence linkerd cilium calicoctl kyverno starboard popeye krew kubebuilder operator-sdk opm oras regctl kaniko bazel bazelisk buck pants please ninja scons waf autoconf automake configure ./configure setcap getcap setfacl getfacl semanage setenforce getenforce restorecon auditctl ausearch modprobe insmod rmmod depmod lvcreate lvextend lvs vgs pvs resize2fs xfs_growfs e2fsck fsck mdadm smartctl hdparm ip nmcli brctl tcpdump iperf iperf3 ethtool hostnamectl timedatectl localectl loginctl networkctl resolvectl chronyc ntpdate ntpq hwclock visudo passwd chpasswd chage adduser addgroup gpasswd newgrp login logout systemd-run systemd-analyze sysctl update-alternatives update-ca-certificates ldconfig locale-gen grub-install update-grub vgcreate pvcreate exportfs showmount nfsstat mc s3cmd restic borg duplicity rsnapshot barman pgbackrest wal-g pgbench vacuumdb reindexdb createuser pg_upgrade mysqlcheck mysqlimport mongoimport mongoexport influx prometheus grafana-cli logcli tempo-cli cortextool mimirtool thanos loki cassandra zkCli.sh spark-submit hadoop hdfs hive presto trino airflow dbt dagster prefect great_expectations mlflow dvc wandb huggingface-cli jupyter streamlit gunicorn uvicorn celery flask django-admin hypercorn php-fpm wp drush symfony magento hugo jekyll gatsby next nuxt astro eleventy remix expo eas react-native ionic cordova electron-builder cdktf sam copilot amplify chalice zappa ecs-cli ecs-deploy eb heroku flyctl render cf ibmcloud hcloud linode-cli nginx httpd lighttpd varnishadm squid keytool jar jarsigner signtool codesign notarytool altool security pkgbuild productbuild hdiutil diskutil launchctl defaults dscl sw_vers softwareupdate osascript pbcopy pbpaste open xdg-open wsl cmd powershell pwsh reg sc net wmic schtasks icacls gt jj hg svn p4 bzr fossil repo gerrit arc tig lazygit git-lfs bfg cz aicommits dotenv op bw pass lpass keybase age sops ykman pass gopass step cfssl mkcert certtool gnutls-cli ngrok cloudflared tailscale wg wg-quick openvpn strongswan ipsec zerotier-cli nebula socat expect script tset reset loadkeys setterm whiptail dialog fzf zoxide exa eza lsd delta hyperfine entr inotifywait watchexec nodemon concurrently pm2 forever serve http-server live-server json-server newman postman graphql-codegen openapi-generator swagger-codegen redoc spectral amass sqlmap nikto hydra john hashcat conda-build rever grayskull ipfs-update gox tsx ts-node'.split(
    ' ',
  ),
)

function each(names: string, program: Program): Record<string, Program> {
  return Object.fromEntries(names.split(' ').map(name => [name, program]))
}
