#!/usr/bin/env bash
# Test as a Slurm job: one process for each GPU.
set -euo pipefail
usage="usage: slurm_test.sh PARTITION JOB_NAME CONFIG CHECKPOINT [arguments of tools/test.py]
environment: PYTHON, GPUS (default: 8), GPUS_PER_NODE (default: 8 or GPUS; 0: on CPUs), CPUS_PER_TASK (default: 5),
SRUN_ARGS (more arguments of srun), PORT (default: at random)"
# shellcheck source=tools/launch.sh
source "$(dirname "${BASH_SOURCE[0]}")/launch.sh"

(($# >= 4)) || die 'the partition, the job name, the config and the checkpoint are needed'
partition=$1 job_name=$2 config=$3 checkpoint=$4
shift 4
run_srun "$partition" "$job_name" test.py "$config" "$checkpoint" "$@"
