"""What a tab holds is given back when it is closed. In a process of its own: the server changes Solara and its widgets."""

import subprocess
import sys

import pytest
from served import environment, packages

TABS = """
import gc, weakref
import sim.dashboard.server
from sim.dashboard.tabs import give_back
from solara.server.kernel import Kernel
from solara.server.kernel_context import VirtualKernelContext
import solara.lab, solara.lifecycle

class Held:
    pass

give_back()
starts = []
solara.lifecycle.on_kernel_start(lambda: starts.append("start"))
asked = list(solara.lifecycle._on_kernel_start_callbacks)
tab, held = VirtualKernelContext(id="a", session_id="one", kernel=Kernel()), Held()
with tab:
    task = solara.lab.task(lambda held=held: held)
    task.pending  # which makes it
gone = weakref.ref(held)
del task, held
gc.collect()
assert gone() is not None
tab.close()
del tab
gc.collect()
assert gone() is None, "what the task holds is kept"
assert solara.lifecycle._on_kernel_start_callbacks == asked
VirtualKernelContext(id="b", session_id="one", kernel=Kernel()).close()
assert starts == ["start", "start"], "what the program asks for is asked at each start"
"""


@pytest.mark.slow
@pytest.mark.browser  # which brings the packages of the page
def test_what_a_task_of_a_tab_holds_goes_with_the_tab():
    packages()
    ended = subprocess.run([sys.executable, "-c", TABS], env=environment(), capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
