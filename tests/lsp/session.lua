-- A session in Neovim: open the file, wait for the finding, take the preferred quick fix, write the buffer.
-- Arguments by environment: GOFIXER_TEST_PYTHON, GOFIXER_TEST_FILE, GOFIXER_TEST_ROOT, GOFIXER_TEST_OUT.
local out = {}
local function finish(problem)
  out.problem = problem
  vim.fn.writefile({ vim.json.encode(out) }, vim.env.GOFIXER_TEST_OUT)
  vim.cmd(problem and "cquit" or "qall!")
end

local function await(what, condition)
  if not vim.wait(60000, condition, 20) then
    finish("no " .. what)
  end
end

vim.lsp.config("gofixer", {
  cmd = { vim.env.GOFIXER_TEST_PYTHON, "-m", "gofixer", "lsp" },
  filetypes = { "go" },
  root_dir = vim.env.GOFIXER_TEST_ROOT,
})
vim.lsp.enable("gofixer")
vim.cmd("filetype on")
vim.cmd.edit(vim.env.GOFIXER_TEST_FILE)
local buffer = vim.api.nvim_get_current_buf()

await("diagnostic", function() return #vim.diagnostic.get(buffer) > 0 end)
local found = vim.diagnostic.get(buffer)[1]
out.code, out.source, out.line, out.column = found.code, found.source, found.lnum, found.col
out.clients = vim.tbl_map(function(client) return client.name end, vim.lsp.get_clients({ bufnr = buffer }))
out.encoding = vim.lsp.get_clients({ bufnr = buffer })[1].offset_encoding

-- The buffer changes before the fix is taken: it is made for what the editor has, not for the disk.
vim.api.nvim_buf_set_lines(buffer, 0, 0, false, { "// Package p is edited." })
await("diagnostic of the changed buffer", function()
  local now = vim.diagnostic.get(buffer)
  return #now == 1 and now[1].lnum == found.lnum + 1
end)
vim.api.nvim_win_set_cursor(0, { found.lnum + 2, found.col })
local tick = vim.api.nvim_buf_get_changedtick(buffer)
vim.lsp.buf.code_action({
  apply = true,
  filter = function(action) return action.kind == "quickfix.gofixer" and action.isPreferred end,
})
await("fix", function() return vim.api.nvim_buf_get_changedtick(buffer) ~= tick end)
out.lines = vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
await("empty list of diagnostics", function() return #vim.diagnostic.get(buffer) == 0 end)
finish(nil)
