#!/usr/bin/env bash
# Test with several processes: one for each GPU, or on the CPU. On several machines run it on each of them.
set -euo pipefail
usage="usage: dist_test.sh CONFIG CHECKPOINT PROCESSES [arguments of tools/test.py]
environment: PYTHON, PORT (default: a free one), OMP_NUM_THREADS (default: cores / PROCESSES);
for several machines NNODES, NODE_RANK, MASTER_ADDR and PORT (default: 29500)"
# shellcheck source=tools/launch.sh
source "$(dirname "${BASH_SOURCE[0]}")/launch.sh"

(($# >= 3)) || die 'the config, the checkpoint and the number of processes are needed'
config=$1 checkpoint=$2 count=$3
shift 3
run_torchrun "$count" test.py "$config" "$checkpoint" "$@"
