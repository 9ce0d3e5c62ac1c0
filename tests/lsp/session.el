;;; A session in Emacs with eglot: open the file, wait for the finding, take the quick fix, write what the buffer holds.
;;; Arguments by environment: GOFIXER_TEST_PYTHON, GOFIXER_TEST_FILE, GOFIXER_TEST_OUT.
(require 'eglot)
(require 'go-mode)
(require 'json)

(setq eglot-sync-connect 60
      eglot-confirm-server-initiated-edits nil
      make-backup-files nil
      auto-save-default nil)
(add-to-list 'eglot-server-programs
             `(go-mode . (,(getenv "GOFIXER_TEST_PYTHON") "-m" "gofixer" "lsp")))

(defun await (what condition)
  "Wait until CONDITION, a function, is true; WHAT is what it waits for."
  (let ((deadline (+ (float-time) 60)))
    (while (not (funcall condition))
      (when (> (float-time) deadline)
        (error "no %s" what))
      (accept-process-output nil 0.05))))

(find-file (getenv "GOFIXER_TEST_FILE"))
(unless (eq major-mode 'go-mode) (go-mode))
(apply #'eglot--connect (eglot--guess-contact))
(await "connection" #'eglot-managed-p)
(flymake-start)
(await "diagnostic" #'flymake-diagnostics)
(let* ((found (car (flymake-diagnostics)))
       (text (flymake-diagnostic-text found))
       (start (flymake-diagnostic-beg found))
       (column (progn (goto-char start) (current-column))))
  (eglot-code-actions start (flymake-diagnostic-end found) "quickfix.gofixer" t)
  (await "fix" (lambda () (string-match-p "strconv\\.Itoa" (buffer-string))))
  (with-temp-file (getenv "GOFIXER_TEST_OUT")
    (insert (json-encode `((text . ,text)
                           (column . ,column)
                           (buffer . ,(with-current-buffer (get-file-buffer (getenv "GOFIXER_TEST_FILE"))
                                        (buffer-string))))))))
(set-buffer-modified-p nil)
(eglot-shutdown-all)
