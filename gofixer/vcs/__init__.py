"""Pull requests: the fixes of a run as branches with a commit per transform, pushed, and opened at a forge.

Nothing here touches the user's working tree, index, branches or configuration: everything happens in a private
repository (`gofixer.vcs.worktree`) that only borrows the user's objects. What to do is decided by a pure function
(`gofixer.vcs.plan.plan`), done by `gofixer.vcs.publish`, and repeated safely: a run that was cut short is completed by
the next one.
"""
