import { bootstrapApplication } from '@angular/platform-browser';
import { ConsoleApp } from './console-app.js';

/** Zoneless, as Angular 21 is by itself: only signals have anything drawn. */
void bootstrapApplication(ConsoleApp);
