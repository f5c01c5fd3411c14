"""A service that subscribes to the events of `madeup`, alone and among all others."""

from wsis_shared.events import EventDependency, EventSelection
from wsis_shared.plugin import Plugin


def everything(plugins):
    return [event.key(plugin.name) for plugin in plugins if plugin.name == "madeup" for event in plugin.publishes]


plugin = Plugin(
    name="reader",
    summary="For the tests of the queues",
    service="wsis_madeup.reader_service:Reader",
    depends_on=(EventDependency("madeup", "thing_made"),),
    selects=(EventSelection("on_any", "wsis_madeup.reader:everything"),),
)
