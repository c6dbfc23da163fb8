# What dist_*.sh and slurm_*.sh share: sourced by them, not run. Works in bash 3.2 (macOS) too.
# shellcheck shell=bash

: "${usage:?has to be set by the script that sources this file}"
tools=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
python=${PYTHON:-python}
export PYTHONPATH="${tools%/*}${PYTHONPATH:+:$PYTHONPATH}"
export TORCH_CPP_LOG_LEVEL=${TORCH_CPP_LOG_LEVEL:-ERROR} # no stack traces of connections that end

# die MESSAGE: the message and how to call the script, then the end.
die() {
    printf '%s: %s\n%s\n' "${0##*/}" "$1" "$usage" >&2
    exit 2
}

# check_count NAME VALUE: VALUE has to be a whole number from 1.
check_count() {
    [[ $2 =~ ^[1-9][0-9]*$ ]] || die "$1 has to be a whole number from 1, not '$2'"
}

# run_torchrun COUNT SCRIPT ARGS...: COUNT processes of tools/SCRIPT on this machine.
run_torchrun() {
    local count=$1 script=$2 restarts=${MAX_RESTARTS:-0} where
    shift 2
    check_count 'the number of processes' "$count"
    if [[ ${NNODES:-1} == 1 && -z ${PORT:-} ]]; then
        where=(--standalone --local-addr=127.0.0.1) # torchrun finds a free port itself
    elif [[ $restarts != 0 ]]; then # machines may leave and come back: the first one keeps the list of those present
        where=(--nnodes="${NNODES:-1}" --rdzv-backend=c10d --rdzv-id="${PORT:-29500}"
            --rdzv-endpoint="${MASTER_ADDR:-127.0.0.1}:${PORT:-29500}"
            --rdzv-conf="is_host=$((${NODE_RANK:-0} == 0)),read_timeout=900")
        export TORCH_DISABLE_SHARE_RDZV_TCP_STORE=1 # else a machine that comes back is never told where to connect
    else
        where=(--nnodes="${NNODES:-1}" --node_rank="${NODE_RANK:-0}"
            --master_addr="${MASTER_ADDR:-127.0.0.1}" --master_port="${PORT:-29500}")
    fi
    if [[ $restarts != 0 ]]; then
        check_count MAX_RESTARTS "$restarts"
        where+=(--max-restarts="$restarts")
    fi
    if [[ -z ${OMP_NUM_THREADS:-} ]]; then # torchrun would allow each process one thread only
        local cores
        cores=$(getconf _NPROCESSORS_ONLN 2>/dev/null) || cores=1
        export OMP_NUM_THREADS=$((cores > count ? cores / count : 1))
    fi
    exec "$python" "$tools/torchrun.py" "${where[@]}" --nproc_per_node="$count" \
        "$tools/$script" "$@" --launcher pytorch
}

# run_srun PARTITION JOB_NAME SCRIPT ARGS...: $GPUS processes of tools/SCRIPT, one for each GPU, as a Slurm job.
run_srun() {
    local partition=$1 job_name=$2 script=$3 gpus=${GPUS:-8} more
    shift 3
    check_count GPUS "$gpus"
    local per_node=${GPUS_PER_NODE:-$((gpus < 8 ? gpus : 8))}
    local srun=(srun -p "$partition" --job-name="$job_name" --ntasks="$gpus"
        --cpus-per-task="${CPUS_PER_TASK:-5}" --kill-on-bad-exit=1)
    if [[ $per_node != 0 ]]; then # 0: processes on CPUs
        check_count GPUS_PER_NODE "$per_node"
        srun+=(--gres=gpu:"$per_node" --ntasks-per-node="$per_node")
    fi
    read -r -a more <<<"${SRUN_ARGS:-}"
    # A port for each job, as two of them may share a machine
    export MASTER_PORT=${MASTER_PORT:-${PORT:-$((12000 + RANDOM % 20000))}}
    exec "${srun[@]}" ${more[@]+"${more[@]}"} "$python" -u "$tools/$script" "$@" --launcher slurm
}
