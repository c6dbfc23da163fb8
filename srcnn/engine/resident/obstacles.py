"""What stands against many iterations at a time, without a look at the weights or the loss in between."""

from mmengine.optim import AmpOptimWrapper, OptimWrapper
from mmengine.runner import Runner

from srcnn.engine.bf16_optim_wrapper import Bf16OptimWrapper
from srcnn.engine.resident.fused_update import has_fused_form
from srcnn.engine.resident.hook_needs import impatient


def obstacles(runner: Runner, on_nonfinite: str) -> list[str]:
    """Each as the part of the config that asks for it; none if it can be done."""
    wrapper, schedulers = runner.optim_wrapper, runner.param_schedulers
    found = [f'{name} acts on each of them' for name in impatient(runner.hooks)]
    if on_nonfinite != 'stop':
        found.append(f'train_cfg.on_nonfinite={on_nonfinite!r} looks at each loss')
    if type(wrapper) not in (OptimWrapper, AmpOptimWrapper, Bf16OptimWrapper):
        return [*found, f'optim_wrapper.type is {type(wrapper).__name__}']
    if wrapper._accumulative_counts != 1:
        found.append('optim_wrapper.accumulative_counts is above 1')
    if isinstance(wrapper, AmpOptimWrapper) and str(wrapper.cast_dtype) == 'torch.float16':
        found.append("optim_wrapper.dtype='float16' scales the loss; 'bfloat16' need not")
    if not has_fused_form(wrapper.optimizer):
        found.append(f'{type(wrapper.optimizer).__name__} has no fused form, as Adam, AdamW and SGD have')
    compiling = runner.cfg.get('compile')
    if isinstance(compiling, dict) and compiling.get('mode') in ('reduce-overhead', 'max-autotune'):
        found.append(f'compile.mode={compiling["mode"]!r} makes CUDA graphs of its own')
    others = [scheduler.param_name for scheduler in schedulers or () if scheduler.param_name != 'lr']
    return [*found, *(f'param_scheduler changes {name}' for name in others)]
