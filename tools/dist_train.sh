#!/usr/bin/env bash
# Train with several processes: one for each GPU, or on the CPU. On several machines run it on each of them.
set -euo pipefail
usage="usage: dist_train.sh CONFIG PROCESSES [arguments of tools/train.py]
environment: PYTHON, PORT (default: a free one), OMP_NUM_THREADS (default: cores / PROCESSES);
for several machines NNODES, NODE_RANK, MASTER_ADDR and PORT (default: 29500)"
# shellcheck source=tools/launch.sh
source "$(dirname "${BASH_SOURCE[0]}")/launch.sh"

(($# >= 2)) || die 'the config and the number of processes are needed'
config=$1 count=$2
shift 2
run_torchrun "$count" train.py "$config" "$@"
