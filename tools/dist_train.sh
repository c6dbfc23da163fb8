#!/usr/bin/env bash
# Train with several processes: one for each GPU, or on the CPU. On several machines run it on each of them.
set -euo pipefail
usage="usage: dist_train.sh CONFIG PROCESSES [arguments of tools/train.py]
environment: PYTHON, PORT (default: a free one), OMP_NUM_THREADS (default: cores / PROCESSES);
for several machines NNODES, NODE_RANK, MASTER_ADDR and PORT (default: 29500);
MAX_RESTARTS (default: 0): go on from the last checkpoint after a failure, so often"
# shellcheck source=tools/launch.sh
source "$(dirname "${BASH_SOURCE[0]}")/launch.sh"

(($# >= 2)) || die 'the config and the number of processes are needed'
config=$1 count=$2
shift 2
if [[ ${MAX_RESTARTS:-0} != 0 && " $* " != *' --resume'* ]]; then
    set -- "$@" --resume auto
fi
run_torchrun "$count" train.py "$config" "$@"
