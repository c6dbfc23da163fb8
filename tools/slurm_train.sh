#!/usr/bin/env bash
# Train as a Slurm job: one process for each GPU.
set -euo pipefail
usage="usage: slurm_train.sh PARTITION JOB_NAME CONFIG WORK_DIR [arguments of tools/train.py]
environment: PYTHON, GPUS (default: 8), GPUS_PER_NODE (default: 8 or GPUS; 0: on CPUs), CPUS_PER_TASK (default: 5),
SRUN_ARGS (more arguments of srun), PORT (default: at random)"
# shellcheck source=tools/launch.sh
source "$(dirname "${BASH_SOURCE[0]}")/launch.sh"

(($# >= 4)) || die 'the partition, the job name, the config and the work directory are needed'
partition=$1 job_name=$2 config=$3 work_dir=$4
shift 4
run_srun "$partition" "$job_name" train.py "$config" --work-dir="$work_dir" "$@"
